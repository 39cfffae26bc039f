//! The interpreter: order of steps and blocks, expectations, captures, hooks, requests by hand.

use muster_journal::FailureCause;

use crate::bench::play;
use crate::scripted_peer::{ScriptedPeer, answered, lost};

fn outline(steps: &str) -> String {
    let played = play(steps, &mut ScriptedPeer::default());
    played.assert_sound();
    played.outline()
}

#[test]
fn steps_run_in_the_order_of_the_file() {
    let text = "
  - sync
  - poll: { until_complete: true }
  - report
  - { on: spare, sync: }
  - { via: smart_receiver, probe: }
  - advance: { until: poll_due }
  - assert: agent.acknowledged >= 1
";
    insta::assert_snapshot!(outline(text));
}

#[test]
fn blocks_repeat_and_branch() {
    let text = "
  - repeat:
      times: 2
      steps:
        - probe
        - repeat: { times: 3, steps: [{ assert: http == 400 }] }
  - when:
      condition: http == 400
      steps: [{ use: hseck9 }]
      otherwise: [{ transport: 'off' }]
  - when: { condition: http == 200, steps: [reload], otherwise: [{ probe: , via: admin }] }
  - when: { condition: line.status == 'x', steps: [reload] }
";
    insta::assert_snapshot!(outline(text));
}

#[test]
fn a_long_repeat_at_one_instant_is_no_harness_fault() {
    let text = "
  - repeat: { times: 10000, steps: [{ repeat: { times: 4, steps: [{ transport: cslu }] } }] }
";
    let played = play(text, &mut ScriptedPeer::default());
    assert_eq!(played.summary.completed, 1);
    assert!(played.entries.len() > 80_000, "a start and an end of 40,000 steps");
}

#[test]
fn expectations_say_what_was_there() {
    let script = vec![
        answered(502, b"bad gateway"),
        lost(FailureCause::TooLong),
        answered(200, br#"{"status":"FAILED","message_code":"HOST_NOT_FOUND"}"#),
    ];
    let text = "
  - probe:
    expect: { http: 200, status: COMPLETE, that: [body.contains('gateway'), line.status == 'x'] }
  - probe:
    expect: { failure: timeout }
  - trust: { id_token: valid }
    via: smart_receiver
    expect: { envelope: FAILED, message_code: OTHER, trust: { refused: HOST_NOT_FOUND } }
  - assert: [answer.status == 'FAILED', answer.message_code, agent.trusted]
";
    let played = play(text, &mut ScriptedPeer::with(script));
    insta::assert_snapshot!(played.outline());
}

#[test]
fn an_answer_from_before_the_step_meets_no_expectation() {
    let text = "
  - sync:
    expect: { status: OK_POLL }
  - transport: 'off'
  - sync:
    expect: { status: OK_POLL, http: 200 }
";
    let looks = play(text, &mut ScriptedPeer::default()).looks();
    let met: Vec<_> = looks.iter().map(|(_, _, actual, met)| (actual.as_str(), *met)).collect();
    let nothing = ("no request: the transport is off", false);
    let refused = ("refused: the transport is off", false);
    assert_eq!(met, [("OK_POLL", true), refused, nothing, nothing]);
}

#[test]
fn a_captured_value_fills_later_templates() {
    let text = "
  - sync:
    capture: { id: line.poll_id, missing: line.nothing }
  - poll: { id: '{{ captures.id }}' }
  - poll: { id: '{{ udi }}' }
  - send:
      method: PUT
      path: /elsewhere?of={{ captures.id }}
      headers: { X-Poll: 'id {{ captures.id }}' }
      json: { id: '{{ captures.id }}', deep: ['{{ udi }}'] }
    via: admin
  - send: { base64: AAECAw== }
";
    let mut peer = ScriptedPeer::default();
    let played = play(text, &mut peer);
    insta::assert_snapshot!(played.outline());
    let [.., put, bytes] = peer.calls.as_slice() else { panic!("{:?}", peer.calls) };
    assert_eq!(put.url.text, "http://127.0.0.1:9/elsewhere?of=1");
    assert_eq!(put.url.path, "/elsewhere?of=1");
    assert_eq!(*put.headers, [("x-poll".to_owned(), "id 1".to_owned())]);
    let body = String::from_utf8(put.body.clone()).unwrap();
    assert!(body.starts_with(r#"{"id":1,"deep":["P:"#), "{body}");
    assert_eq!(bytes.body, [0, 1, 2, 3]);
}

#[test]
fn a_hook_gets_the_arguments_it_is_journaled_with() {
    let text = "
  - probe:
    capture: { status: http }
  - hook: { name: remove_product_instance, with: { udi: '{{ udi }} after {{ captures.status }}' } }
";
    let mut peer = ScriptedPeer::default();
    let outline = play(text, &mut peer).outline();
    let call = peer.calls.last().unwrap();
    assert_eq!(call.method, "DELETE");
    assert!(call.url.path.contains("udi=P%3A") && call.url.path.ends_with("%20after%20400"));
    assert!(call.body.is_empty() && call.headers.is_empty(), "{call:?}");
    assert!(outline.contains("hook remove_product_instance {\"udi\":\"P:"), "{outline}");
}

#[test]
fn an_instance_that_is_off_does_nothing_until_it_boots() {
    let text = "title: Off and on
instances:
  wlc: { platform: c9800-l, via: cslu }
  spare: { platform: c9800-l, via: cslu, boots: false }
steps:
  - { on: spare, report: }
  - advance: 9h
  - { on: spare, boot: }
  - { on: spare, sync: , expect: { status: OK_POLL } }
  - { on: spare, reload: }
  - { on: spare, assert: agent.crypto_ready && agent.licenses.size() > 0 }
";
    insta::assert_snapshot!(outline(text));
}

#[test]
fn waiting_for_what_is_not_planned_is_told() {
    let played = outline("\n  - advance: { until: poll_due }\n  - reload\n");
    assert!(played.contains("1 ends: refused: no poll is pending"), "{played}");
    assert!(played.contains("+30000 ms\n[0] 2 ends: done"), "{played}");
}
