//! Random requests: none panics, every answer is one, and the agent's promises hold.

use muster_agent::policy::rum_report_state::RumReportState;
use muster_agent::policy::slac_state::SlacState;
use muster_agent::policy::trust_state::TrustState;
use muster_agent::pull::{InstanceInterface, InstanceRequest};
use muster_agent::{Command, Common, Effect, Input};
use proptest::prelude::*;

use crate::fake_server::{Bench, HOUR_MS};

fn target() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "/smartlic-service/list",
        "/smartlic-service/all-reports",
        "/smartlic-service/days",
        "/smartlic-service/days/3",
        "/smartlic-service/close-reports",
        "/smartlic-service/import",
        "/restconf",
        "/restconf/data",
        "/restconf/data/cisco-smart-license:licensing/state/state-info/usage",
        "/restconf/operations/cisco-smart-license:id-token-trust",
        "/restconf/operations/cisco-smart-license:rum-save-usage-all",
        "/restconf/operations/cisco-smart-license:trust-request-save",
        "/restconf/operations/cisco-smart-license:authorization-request-online",
        "/restconf/operations/cisco-smart-license:authorization-code-return-online",
        "/restconf/operations/cisco-smart-license:import-file",
        "/flash/a",
    ]);
    prop_oneof![
        8 => known.clone().prop_map(str::to_owned),
        1 => "/[a-z%/=:?&]{0,40}",
        1 => any::<String>(),
        2 => (known, ".{0,12}").prop_map(|(known, more)| format!("{known}{more}")),
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        r#"{"input":{"id-token":"dGVzdA","force":true}}"#,
        r#"{"input":{"file-path":"a"}}"#,
        r#"{"input":{"feature-name":"hseck9"}}"#,
        r#"{"import":"PHgvPg=="}"#,
        "<smartLicense><smartLicenseRumAck/></smartLicense>",
        "{}",
        "",
    ]);
    prop_oneof![
        4 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..80),
    ]
}

fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop::sample::select(vec!["accept", "content-type", "authorization", "x"]);
    prop::collection::vec((name.prop_map(str::to_owned), ".{0,20}"), 0..2)
}

/// Whether a fact is a move that its table lists.
fn is_legal(effect: &Effect) -> bool {
    let Effect::StateChanged { machine, from, to, input, .. } = effect else { return true };
    macro_rules! listed {
        ($state:ident) => {
            $state::MOVES
                .iter()
                .any(|(f, on, t)| (f.as_str(), on.as_str(), t.as_str()) == (*from, *input, *to))
        };
    }
    match *machine {
        "trust" => listed!(TrustState),
        "slac" => listed!(SlacState),
        "rum_report" if *from == "none" => *to == "open",
        "rum_report" => listed!(RumReportState),
        _ => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_requests_are_answered_and_move_nothing_they_may_not(
        requests in prop::collection::vec(
            (
                prop::sample::select(vec!["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", ""]),
                target(),
                headers(),
                body(),
                0..3_u64,
            ),
            1..25,
        ),
    ) {
        let mut bench = Bench::new("c8000v");
        bench.use_licenses(0, 1);
        let mut interface = InstanceInterface::default();
        for (method, target, headers, body, hours) in requests {
            bench.now_ms += hours * HOUR_MS;
            let before = bench.view();
            let request = InstanceRequest { method, target: &target, headers: &headers, body: &body };
            let mut effects = Vec::new();
            let answer = interface.serve(
                &mut bench.agent,
                bench.now_ms,
                &request,
                &mut effects,
                &mut Common::default(),
            );
            prop_assert!((200..600).contains(&answer.status), "{}", answer.status);
            prop_assert!(effects.iter().all(is_legal), "{effects:?}");
            let view = bench.view();
            prop_assert_eq!(&view.licenses, &before.licenses);
            prop_assert_eq!(view.acknowledged, before.acknowledged);
            // Who only looks changes nothing but what is marked as handed out.
            if ["GET", "HEAD", "OPTIONS"].contains(&method) && !target.contains("all-reports") {
                prop_assert_eq!(view.trust_state, before.trust_state);
                prop_assert_eq!(view.reports.len(), before.reports.len());
                prop_assert_eq!(view.authorization, before.authorization);
            }
            // What goes out is answered, or lost.
            if effects.iter().any(|effect| matches!(effect, Effect::Send(_))) {
                bench.step(Input::Failure(muster_agent::TransportFailure::Timeout));
            }
        }
        bench.command(Command::CloseReports);
    }
}
