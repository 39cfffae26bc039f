//! A saved agent of the classic era goes on as if it had never been away.

use std::sync::Arc;

use muster_agent::{ClassicAgent, ClassicInput, Common, Error, Platform};
use muster_certs::{Seed, SigningMode};
use proptest::prelude::*;

use crate::classic_disturbance::{Life, happening};
use crate::classic_server::ClassicBench;

fn saved(agent: &ClassicAgent) -> Vec<u8> {
    let mut bytes = Vec::new();
    agent.save(&mut bytes);
    bytes
}

fn restored(bytes: &[u8]) -> Result<ClassicAgent, Error> {
    let platform = Platform::named("csr1000v").unwrap();
    let mode = SigningMode::Fast;
    ClassicAgent::restore(platform, &Seed::from_u64(7), 3, mode, bytes, &mut Common::default())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_life_with_pauses_is_the_same_life(
        happenings in prop::collection::vec(happening(), 1..60),
    ) {
        let (mut steady, mut paused) = (Life::new("csr1000v"), Life::new("csr1000v"));
        for happening in happenings {
            let bytes = saved(&paused.bench.agent);
            let mut agent = restored(&bytes).unwrap();
            prop_assert_eq!(saved(&agent), bytes);
            agent.verify_with(Arc::new(paused.bench.server.authority.signing_public_key()));
            paused.bench.agent = agent;
            steady.happens(happening.clone());
            paused.happens(happening);
            prop_assert_eq!(paused.bench.view(), steady.bench.view());
            prop_assert_eq!(paused.bench.agent.next_timer(), steady.bench.agent.next_timer());
        }
        prop_assert_eq!(paused.bench.log, steady.bench.log);
    }

    #[test]
    fn no_changed_bytes_panic_or_make_an_agent_that_does(
        happenings in prop::collection::vec(happening(), 1..40),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        after in prop::collection::vec(happening(), 1..20),
    ) {
        let mut life = Life::new("csr1000v");
        for happening in happenings {
            life.happens(happening);
        }
        let mut bytes = saved(&life.bench.agent);
        for length in 0..bytes.len() {
            prop_assert!(restored(&bytes[..length]).is_err());
        }
        for (at, to) in changes {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        let Ok(agent) = restored(&bytes) else { return Ok(()) };
        life.bench.agent = agent;
        let mut effects = Vec::new();
        for happening in after {
            use crate::classic_disturbance::Happening::{Boot, Command, Fail, PowerLost, Wait};
            let input = match happening {
                Command(command) => ClassicInput::Command(command),
                Boot => ClassicInput::Boot,
                PowerLost => ClassicInput::PowerLost,
                Fail(failure) => ClassicInput::Failure(failure),
                Wait { minutes, .. } => {
                    life.bench.now_ms += u64::from(minutes) * 60_000;
                    ClassicInput::TimerDue
                }
                _ => ClassicInput::Answer { status: 503, body: b"" },
            };
            life.bench.agent.handle(life.bench.now_ms, input, &mut effects);
            life.bench.agent.view();
        }
    }
}

#[test]
fn an_idle_registered_agent_saves_in_little_space() {
    let bench = ClassicBench::registered("csr1000v");
    let length = saved(&bench.agent).len();
    assert!(length <= 400, "{length}");
}
