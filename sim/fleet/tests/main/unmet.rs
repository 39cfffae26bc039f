//! What a step could not do, and what no answer says, is an unmet expectation: nothing passes
//! because nothing happened.

use muster_journal::FailureCause;

use crate::bench::{PROFILE, Played, plan, play, play_plan};
use crate::scripted_peer::{ScriptedPeer, answered, bare, lost};

/// Subject, actual and whether met of every expectation.
fn looks(played: &Played) -> Vec<(String, String, bool)> {
    let looks = played.looks().into_iter();
    looks.map(|(subject, _, actual, met)| (subject, actual, met)).collect()
}

fn only(steps: &str) -> (String, String, bool) {
    let played = play(steps, &mut ScriptedPeer::default());
    played.assert_sound();
    let looks = looks(&played);
    assert_eq!(looks.len(), 1, "{}", played.outline());
    looks[0].clone()
}

#[test]
fn only_an_answer_that_refuses_is_a_refusal() {
    let envelope = br#"{"status":"FAILED","message_code":"INVALID_TOKEN"}"#;
    let cases = [
        (answered(200, envelope), "refused (INVALID_TOKEN)", true),
        (answered(503, envelope), "refused (INVALID_TOKEN)", true),
        (bare(serde_json::json!({ "status": "FAILED" })), "refused (FAILED)", true),
        (answered(404, b"not here"), "refused (HTTP 404)", true),
        (answered(502, b"bad gateway"), "server error (HTTP 502)", false),
        (answered(200, b"hello"), "no trust code (HTTP 200)", false),
        (lost(FailureCause::Timeout), "no answer (timeout)", false),
        (
            bare(serde_json::json!({ "status": "OK_POLL", "poll_id": 4 })),
            "deferred (OK_POLL)",
            false,
        ),
        (bare(serde_json::json!({ "status": "COMPLETE" })), "no trust code (HTTP 200)", false),
    ];
    let text = "
  - trust: { id_token: valid }
    via: smart_receiver
    expect: { trust: refused }
";
    for (answer, shown, met) in cases {
        let played = play(text, &mut ScriptedPeer::with(vec![answer]));
        assert_eq!(looks(&played), [("trust".to_owned(), shown.to_owned(), met)]);
    }
    let text = text.replace("trust: refused", "trust: { refused: OLD_TRUST_ID }");
    let other = ScriptedPeer::with(vec![answered(200, envelope)]);
    let played = play(&text, &mut { other });
    assert_eq!(looks(&played), [("trust".to_owned(), "refused (INVALID_TOKEN)".to_owned(), false)]);
}

#[test]
fn a_usage_request_that_is_refused_is_no_refusal_of_trust() {
    let steps = "
  - trust: { id_token: valid }
    via: smart_receiver
  - sync:
    expect: { trust: refused }
";
    let mut peer = ScriptedPeer::default();
    let plan = plan(steps, PROFILE, 1);
    let call = play_plan(&plan, &mut peer, &|| false);
    let (_, actual, met) = looks(&call).pop().unwrap();
    assert_eq!((actual.as_str(), met), ("no trust request (LICENSE_USAGE)", false));
}

#[test]
fn what_the_instance_would_not_do_is_seen() {
    let steps = "
  - transport: 'off'
  - trust: { id_token: valid }
    via: smart_receiver
    expect: { trust: refused, http: 200, that: '!body.contains(\"OK_POLL\")' }
  - poll
  - poll: { until_complete: true, id: '17' }
    expect: { status: COMPLETE }
  - poll: { until_complete: true }
    expect: { status: COMPLETE }
  - replay
  - advance: { until: poll_due }
";
    let played = play(steps, &mut ScriptedPeer::default());
    played.assert_sound();
    insta::assert_snapshot!(played.outline());
}

#[test]
fn a_step_may_say_that_it_will_be_refused() {
    let refused = "  - sync:\n    expect: { failure: refused }\n";
    let met = only(&format!("\n  - transport: 'off'\n{refused}"));
    let expected = "refused: the transport is off";
    assert_eq!(met, ("failure".to_owned(), expected.to_owned(), true));
    let unmet = only(&format!("\n{refused}"));
    assert_eq!(unmet, ("failure".to_owned(), "HTTP 200".to_owned(), false));
}

#[test]
fn a_template_that_fails_sends_nothing() {
    let steps = "
  - probe:
    capture: { n: http }
  - send: { text: 'id {{ line.nothing }}' }
    expect: { that: '!body.contains(\"x\")' }
  - send: { json: { a: ['{{ line.nothing }}'] } }
  - probe: { path: '/{{ 1 + line.nothing }}' }
  - poll: { id: '{{ line.poll_id }}' }
  - poll: { id: '{{ line.poll_id }}', until_complete: true }
  - sync:
    tamper: [{ set: { pointer: /a, value: '{{ line.nothing }}' } }]
  - hook: { name: remove_product_instance, with: { udi: '{{ line.nothing }}' } }
  - send: { json: ['{{ captures.n }}', 'n {{ captures.n }}', '{{ agent.trusted }}', '{{ line }}'] }
";
    let mut peer = ScriptedPeer::default();
    let played = play(steps, &mut peer);
    played.assert_sound();
    assert_eq!(peer.calls.len(), 2, "the first probe and the last request");
    let body = String::from_utf8(peer.calls[1].body.clone()).unwrap();
    assert_eq!(body, r#"[400,"n 400",false,null]"#);
    insta::assert_snapshot!(played.outline());
}

#[test]
fn what_http_cannot_carry_is_not_sent() {
    let send = |text: &str, place: &str| {
        let steps = format!(
            "\n  - probe:\n    capture: {{ bad: '\"{text}\"' }}\n  - send: {{ {place}, text: x }}\n"
        );
        let played = play(&steps, &mut ScriptedPeer::default());
        assert_eq!(played.exchanges().len(), 1, "{}", played.outline());
        played.looks().pop().unwrap().2
    };
    let header = "headers: { x-a: '{{ captures.bad }}' }";
    let path = "path: '/{{ captures.bad }}'";
    let cases = [
        (r"a\nb: c", header, "header `x-a` holds a control character"),
        ("\u{e4}", header, "header `x-a` holds a character that is not ASCII"),
        ("a b", path, "the path holds a space"),
        (r"a\r\nb", path, "the path holds a control character"),
        ("\u{e4}", path, "the path holds a character that is not ASCII"),
        ("a#b", path, "the path is no path of a URL"),
    ];
    for (text, place, why) in cases {
        assert_eq!(send(text, place), format!("not sent: {why}"));
    }
}

#[test]
fn a_poll_until_complete_waits_for_the_id_it_names() {
    let steps = "
  - trust: { id_token: valid }
    via: smart_receiver
  - report:
    capture: { first: line.poll_id }
  - report
  - poll: { id: '{{ captures.first }}', until_complete: true }
    expect: { status: COMPLETE }
  - assert: agent.polls.size() == 1 && agent.polls[0].poll_id != captures.first
";
    let mut peer = ScriptedPeer::default();
    let played = play(steps, &mut peer);
    assert!(played.looks().iter().all(|look| look.3), "{}", played.outline());
}

#[test]
fn a_condition_that_is_not_boolean_is_told_in_words() {
    let steps = "
  - probe:
    capture: { two: '2' }
  - when: { condition: captures.two, steps: [reload] }
  - when: { condition: '[agent][0]', steps: [reload] }
  - when: { condition: 'agent > 2', steps: [reload] }
";
    let played = play(steps, &mut ScriptedPeer::default());
    let looks = looks(&played);
    assert_eq!(looks[0].0, "when (line 9): captures.two");
    assert_eq!(looks[0].1, "2 is neither true nor false");
    assert_eq!(looks[1].1, "a map is neither true nor false");
    assert!(!looks[2].1.contains("Map("), "{looks:?}");
}

#[test]
fn a_collection_that_fails_is_told_to_who_expects_something_of_it() {
    let profile = format!("{PROFILE}[hooks.collect]\nurl = \"http://127.0.0.1:9/collect\"\n");
    let steps = "
  - trust: { id_token: valid }
    via: smart_receiver
  - collect:
    expect: { http: 200 }
  - probe
";
    let played = play_plan(&plan(steps, &profile, 1), &mut ScriptedPeer::default(), &|| false);
    played.assert_sound();
    let why = "hook `collect`: collection needs sockets; run in real time";
    let step = ("step".to_owned(), format!("not sent: {why}"), false);
    let http = ("http".to_owned(), format!("no request: {why}"), false);
    assert_eq!(looks(&played), [step, http]);
    assert_eq!(played.summary.completed, 1);
}
