//! Untrusted replies: no bytes, in no order, make the fleet panic or keep a journey from ending.

use muster_fleet::transport::{Received, Undelivered};
use muster_journal::FailureCause;
use proptest::prelude::*;
use serde_json::json;

use crate::bench::{PROFILE, plan, play, play_plan};
use crate::scripted_peer::{ScriptedPeer, answered, bare, lost};

const STEPS: &str = "
  - trust: { id_token: valid }
    via: smart_receiver
    expect: { http: 200, status: COMPLETE, trust: accepted, that: line.poll_id + 1 > 0 }
  - sync:
    expect: { envelope: COMPLETE, status: OK_POLL }
    capture: { id: line.poll_id, all: answer, art: artefact }
  - poll: { id: '{{ captures.id }}' }
  - poll: { until_complete: true, limit: 5 }
  - report:
    via: call_home
    tamper: [edit_payload, { truncate: 3000 }]
  - when: { condition: line.poll_interval * 1000 > 5, steps: [{ replay: }], otherwise: [probe] }
  - parallel: [[sync, { advance: 2d }], [{ on: spare, sync: }, { on: spare, reload: }]]
  - assert: [size(body) >= 0, 'answer.license_data[0].poll_interval - 1 < 7', agent.trusted]
";

type Answer = Result<Received, Undelivered>;

/// What an honest server said in the scenario above, to be cut and bent.
fn honest() -> Vec<Vec<u8>> {
    let played = play(STEPS, &mut ScriptedPeer::default());
    let bodies = played.exchanges().into_iter().filter_map(|exchange| match &exchange.outcome {
        muster_journal::ExchangeOutcome::Answered(answer) => Some(answer.message.body.0.clone()),
        muster_journal::ExchangeOutcome::Failed { .. } => None,
    });
    bodies.collect()
}

fn reply() -> impl Strategy<Value = Answer> {
    let honest = honest();
    let number = prop_oneof![
        Just(json!(u64::MAX)),
        Just(json!(i64::MIN)),
        Just(json!(0)),
        Just(json!(1.0e300)),
        Just(json!("17")),
        Just(json!(null)),
        any::<u64>().prop_map(|number| json!(number)),
    ];
    let status = prop::sample::select(vec!["OK_POLL", "COMPLETE", "OK_TRY_AGAIN", "FAILED", "??"]);
    let cause = prop::sample::select(vec![
        FailureCause::Dns,
        FailureCause::Timeout,
        FailureCause::Closed,
        FailureCause::TooLong,
    ]);
    prop_oneof![
        (100_u16..600, prop::collection::vec(any::<u8>(), 0..64))
            .prop_map(|(status, body)| answered(status, &body)),
        cause.prop_map(lost),
        (prop::sample::select(honest.clone()), any::<prop::sample::Index>()).prop_map(
            |(body, end)| {
                let end = end.index(body.len() + 1);
                answered(200, &body[..end])
            }
        ),
        prop::sample::select(honest).prop_map(|body| answered(200, &body)),
        (status, number.clone(), number).prop_map(|(status, id, interval)| {
            bare(json!({
                "status": status,
                "poll_id": id,
                "poll_interval": interval,
                "smart_license": "PG5vbnNlbnNlLz4=",
            }))
        }),
        (1_usize..60).prop_map(|depth| answered(200, "[".repeat(depth * 100).as_bytes())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_journey_ends_whatever_comes_back(
        script in prop::collection::vec(reply(), 0..24),
        still_running in 0_u32..4,
        renames: bool,
    ) {
        let mut peer = ScriptedPeer::with(script);
        (peer.still_running, peer.renames) = (still_running, renames);
        let played = play_plan(&plan(STEPS, PROFILE, 1), &mut peer, &|| false);
        played.assert_sound();
        prop_assert_eq!(played.summary.completed, 1);
    }
}
