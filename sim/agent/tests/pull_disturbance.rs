//! Random lives of a router: whatever comes, no licence is used without its authorization code, no
//! return is sent twice, and a saved life is the same life.

use std::collections::BTreeSet;

use muster_agent::{Platform, SmartAgent};
use muster_certs::{Seed, SigningMode};
use proptest::prelude::*;

use crate::disturbance::{Life, happening};

fn restored(agent: &SmartAgent) -> (Vec<u8>, SmartAgent) {
    let mut bytes = Vec::new();
    agent.save(&mut bytes);
    let platform = Platform::named("c8000v").unwrap();
    let (seed, mode) = (Seed::from_u64(7), SigningMode::Deterministic);
    let agent = SmartAgent::restore(platform, &seed, 3, mode, &bytes).unwrap();
    (bytes, agent)
}

/// What must hold at every moment.
fn check(life: &Life) -> Result<(), TestCaseError> {
    let view = life.bench.view();
    let code = &view.authorization;
    let allowed = code.licenses.iter().find(|license| license.feature == "hseck9");
    let used = view.licenses.iter().find(|license| license.feature == "hseck9");
    let count = |count: Option<u32>| count.unwrap_or(0);
    prop_assert!(count(used.map(|one| one.count)) <= count(allowed.map(|one| one.count)));
    prop_assert_eq!(code.installed, !code.licenses.is_empty());
    prop_assert_eq!(code.installed, code.installed_ms.is_some());
    let gone = ["none", "failed", "returning", "returned", "return_file", "return_unconfirmed"];
    prop_assert!(!code.installed || !gone.contains(&code.state), "{}", code.state);
    prop_assert!(code.state != "installed" || code.installed);
    let fast = code.throughput_mbps.is_some_and(|mbps| mbps > 250);
    prop_assert!(!fast || code.installed, "throughput without a code");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_licence_is_used_without_its_code(
        happenings in prop::collection::vec(happening(), 1..80),
    ) {
        let mut life = Life::on("c8000v");
        let mut returned = BTreeSet::new();
        for happening in happenings {
            if let Some(next) = life.happens(happening) {
                if next.request_type.as_str() == "AUTH_RETURN" {
                    let code = life.bench.view().authorization.last_return_code;
                    prop_assert!(returned.insert(code.unwrap()), "a return was sent twice");
                }
                life.sent = Some(next);
            }
            check(&life)?;
            let (bytes, agent) = restored(&life.bench.agent);
            prop_assert_eq!(agent.view(), life.bench.view());
            life.bench.agent = agent;
            prop_assert_eq!(restored(&life.bench.agent).0, bytes);
        }
    }
}
