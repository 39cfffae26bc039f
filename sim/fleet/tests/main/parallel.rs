//! Strands side by side: on different instances at once, on one instance one after the other.

use crate::bench::play;
use crate::scripted_peer::ScriptedPeer;

#[test]
fn branches_on_different_instances_go_on_at_the_same_time() {
    let text = "
  - parallel:
      - [{ sync: }, { poll: { until_complete: true } }]
      - [{ on: spare, sync: }, { on: spare, poll: { until_complete: true } }]
  - assert: cast.wlc.trusted && cast.spare.trusted
";
    let played = play(text, &mut ScriptedPeer::default());
    played.assert_sound();
    insta::assert_snapshot!(played.outline());
}

#[test]
fn steps_on_one_instance_never_overlap() {
    let text = "
  - parallel:
      - - probe:
          expect: { http: 400 }
        - sync:
          expect: { status: OK_POLL }
      - - send: { method: GET, path: /one }
          expect: { http: 400, that: '!body.contains(\"OK_POLL\")' }
        - send: { method: GET, path: /two }
          expect: { http: 400 }
  - probe
";
    let played = play(text, &mut ScriptedPeer::default());
    played.assert_sound();
    insta::assert_snapshot!(played.outline());
    assert!(played.looks().iter().all(|look| look.3), "{:?}", played.looks());
}

#[test]
fn time_passes_for_one_branch_while_another_acts() {
    let text = "
  - parallel:
      - [{ advance: 1h }]
      - [{ advance: 1h }, { probe: }]
      - [{ probe: }]
";
    let played = play(text, &mut ScriptedPeer::default());
    let outline = played.outline();
    assert_eq!(outline.matches("+3600000 ms").count(), 1, "{outline}");
    assert!(outline.find("#1 GET") < outline.find("+3600000"), "{outline}");
}

#[test]
fn parallel_blocks_nest_and_repeat() {
    let text = "
  - repeat:
      times: 100
      steps:
        - parallel:
            - [{ assert: replica == 0 }]
            - - parallel:
                  - [{ on: spare, assert: scale == 1 }]
                  - [{ assert: scale == 1 }]
";
    let played = play(text, &mut ScriptedPeer::default());
    played.assert_sound();
    assert_eq!(played.looks().len(), 300);
    assert!(played.looks().iter().all(|look| look.3));
}
