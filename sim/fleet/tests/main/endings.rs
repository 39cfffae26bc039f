//! How journeys end: once, last, and with the reason; and that a seed decides everything.

use std::cell::Cell;

use muster_journal::JourneyOutcome;

use crate::bench::{PROFILE, plan, play, play_plan};
use crate::scripted_peer::ScriptedPeer;

fn reason(outcome: &JourneyOutcome) -> &str {
    match outcome {
        JourneyOutcome::Broken { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_hook_that_fails_breaks_the_journey() {
    let steps = "
  - hook: { name: remove_product_instance, with: { udi: x } }
  - probe
";
    let mut peer = ScriptedPeer { hook_status: 503, ..ScriptedPeer::default() };
    let played = play(steps, &mut peer);
    played.assert_sound();
    let outcomes = played.outcomes();
    let expected = "hook `remove_product_instance`: HTTP 503: hook says hello";
    assert_eq!(reason(&outcomes[0]), expected);
    assert_eq!((played.summary.broken, peer.calls.len()), (1, 1), "nothing follows");
}

#[test]
fn a_collection_needs_sockets() {
    let profile = format!("{PROFILE}[hooks.collect]\nurl = \"http://127.0.0.1:9/collect\"\n");
    let steps = "
  - trust: { id_token: valid }
    via: smart_receiver
  - collect
";
    let played = play_plan(&plan(steps, &profile, 1), &mut ScriptedPeer::default(), &|| false);
    played.assert_sound();
    let outcomes = played.outcomes();
    assert!(reason(&outcomes[0]).contains("collection needs sockets"), "{outcomes:?}");
}

#[test]
fn a_file_that_is_not_there_breaks_the_journey() {
    let played = play("\n  - import: no-such-file.xml\n", &mut ScriptedPeer::default());
    played.assert_sound();
    assert!(reason(&played.outcomes()[0]).starts_with("import no-such-file.xml: "));
}

#[test]
fn a_scenario_the_target_cannot_serve_is_not_run() {
    let profile = "name = \"bare\"\n[endpoints]\nadmin = \"http://127.0.0.1:9/\"\n";
    let steps = "
  - trust: { id_token: valid }
    via: smart_receiver
  - advance: 1h
  - hook: remove_product_instance
";
    let mut peer = ScriptedPeer::default();
    let played = play_plan(&plan(steps, profile, 3), &mut peer, &|| false);
    played.assert_sound();
    let lacks = [
        "endpoint cslu",
        "endpoint smart_receiver",
        "ID token valid",
        "hook remove_product_instance",
        "clock",
    ];
    let lacks = lacks.map(str::to_owned).to_vec();
    assert_eq!(played.outcomes(), [JourneyOutcome::NotRun { lacks }]);
    assert!(peer.calls.is_empty());
    assert_eq!(played.summary.not_run, 1);
}

#[test]
fn an_unknown_platform_is_named_with_those_there_are() {
    let text = "title: T\ninstances:\n  wlc: { platform: abacus, via: cslu }\nsteps:\n  - sync\n";
    let plan = plan(text, PROFILE, 1);
    let mut log = muster_fleet::log::Log::new(Vec::new());
    let error =
        muster_fleet::virtual_run::run(&plan, 0, &mut ScriptedPeer::default(), &mut log, &|| false);
    insta::assert_snapshot!(error.unwrap_err());
}

#[test]
fn an_interrupted_run_ends_every_journey_once() {
    for asked_max in [0, 1, 2, 3, 5, 8, 13] {
        let asked = Cell::new(0);
        let stop = || asked.replace(asked.get() + 1) >= asked_max;
        let steps = "\n  - sync\n  - poll: { until_complete: true }\n  - advance: 30d\n";
        let played = play_plan(&plan(steps, PROFILE, 2), &mut ScriptedPeer::default(), &stop);
        played.assert_sound();
        assert!(played.summary.interrupted, "after {asked_max}");
        let cut = |outcome: &JourneyOutcome| *outcome == JourneyOutcome::Interrupted;
        assert!(played.outcomes().iter().all(cut), "{:?}", played.outcomes());
    }
}

#[test]
fn what_an_instance_has_under_way_belongs_to_the_journey() {
    // The spare reports of itself at the instant the last step ends.
    let steps = "\n  - { on: spare, sync: }\n  - advance: { until: report_due }\n";
    let played = play(steps, &mut ScriptedPeer::default());
    played.assert_sound();
    assert_eq!(played.outcomes(), [JourneyOutcome::Completed]);
    assert_eq!(played.exchanges().len() as u64, played.summary.answered);
}

#[test]
fn the_same_seed_gives_the_same_entries_and_another_gives_others() {
    let steps = "
  - parallel:
      - [{ sync: }, { poll: { until_complete: true } }]
      - [{ on: spare, sync: }, { on: spare, poll: { until_complete: true } }]
  - advance: 2d
";
    let entries = |seed| {
        let mut plan = plan(steps, PROFILE, 3);
        plan.seed = seed;
        let played = play_plan(&plan, &mut ScriptedPeer::default(), &|| false);
        played.assert_sound();
        assert_eq!(played.summary.completed, 3);
        played.entries
    };
    assert_eq!(entries(7), entries(7));
    assert_ne!(entries(7), entries(8));
}
