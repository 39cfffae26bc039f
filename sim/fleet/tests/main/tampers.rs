//! Every deviation is in the bytes and in the journal's intent, or in neither.

use muster_journal::{Deviation, Exchange};
use muster_wire::transport::smart::SmartRequest;
use muster_wire::{Artefact, RequestType};

use crate::bench::{START_MS, play};
use crate::scripted_peer::ScriptedPeer;

/// Plays `steps` after trust is there; the exchange of the last step with one.
fn last_of(steps: &str) -> Exchange {
    let text = format!("\n  - trust: {{ id_token: valid }}\n    via: smart_receiver\n{steps}");
    let played = play(&text, &mut ScriptedPeer::default());
    played.assert_sound();
    let own = played.exchanges().into_iter().rfind(|exchange| exchange.step.is_some());
    own.cloned().unwrap()
}

fn deviations(exchange: &Exchange) -> &[Deviation] {
    &exchange.intent.deviations
}

fn sent(exchange: &Exchange) -> SmartRequest {
    SmartRequest::decode(&exchange.request.body.0).unwrap()
}

fn usage(exchange: &Exchange) -> muster_wire::usage_file::UsageFile {
    let request = sent(exchange);
    let text = request.license_data[0].smart_license.as_deref().unwrap();
    match Artefact::from_smart_license(text).unwrap() {
        Artefact::Usage(usage) => *usage,
        other => panic!("{other:?}"),
    }
}

fn trust_id(exchange: &Exchange) -> u64 {
    let request = sent(exchange);
    let text = request.license_data[0].smart_license.as_deref().unwrap();
    match Artefact::from_smart_license(text).unwrap() {
        Artefact::TrustRequest(trust) => trust.entries[0].trust_id.0,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_untampered_request_is_honest() {
    let honest = last_of("  - report\n");
    assert!(honest.intent.is_honest());
    assert_eq!(sent(&honest).license_data[0].request_type, Some(RequestType::LicenseUsage));
}

#[test]
fn payload_and_signature_of_reports_change() {
    let honest = usage(&last_of("  - report\n"));
    let edited = last_of("  - report:\n    tamper: edit_payload\n");
    assert_eq!(deviations(&edited), [Deviation::PayloadEdited]);
    assert_ne!(usage(&edited).reports[0].payload, honest.reports[0].payload);
    assert_eq!(usage(&edited).reports[0].signature, honest.reports[0].signature);
    let broken = last_of("  - report:\n    tamper: break_signature\n");
    assert_eq!(deviations(&broken), [Deviation::SignatureBroken]);
    assert_eq!(usage(&broken).reports[0].payload, honest.reports[0].payload);
    assert_ne!(usage(&broken).reports[0].signature, honest.reports[0].signature);
}

#[test]
fn trust_ids_are_reused_chosen_or_invented() {
    let trust = |tamper: &str| {
        last_of(&format!("  - trust: {{ id_token: valid, force: true }}\n    tamper: {tamper}\n"))
    };
    let cases = [
        ("reuse_trust_id", Deviation::TrustIdReused, 1),
        ("[{ trust_id: 0 }]", Deviation::TrustIdReused, 0),
        ("[{ trust_id: 9 }]", Deviation::TrustIdUnknown, 9),
        ("unknown_trust_id", Deviation::TrustIdUnknown, 1_002),
    ];
    for (tamper, deviation, id) in cases {
        let exchange = trust(tamper);
        assert_eq!(deviations(&exchange), [deviation], "{tamper}");
        assert_eq!(trust_id(&exchange), id, "{tamper}");
    }
    let own = trust("[{ trust_id: 2 }]");
    assert!(own.intent.is_honest(), "its own id is no deviation: {:?}", deviations(&own));
    let report = last_of("  - report:\n    tamper: unknown_trust_id\n");
    assert_eq!(usage(&report).reports[0].signature.key, "1001");
}

#[test]
fn nonces_poll_ids_and_clocks_are_wrong_on_purpose() {
    let played = play(
        "\n  - sync\n  - poll:\n    tamper: [replay_nonce, foreign_poll_id]\n",
        &mut ScriptedPeer::default(),
    );
    let [sync, poll] = played.exchanges()[..] else { panic!("{}", played.outline()) };
    assert_eq!(deviations(poll), [Deviation::NonceReplayed, Deviation::PollIdForeign]);
    assert_eq!(sent(poll).sender_info.nonce, sent(sync).sender_info.nonce);
    assert_eq!(sent(poll).license_data[0].poll_id.unwrap().0, 1 ^ 0x5EED);
    let skewed = last_of("  - report:\n    tamper: [{ skew_clock: -2h }]\n");
    assert_eq!(deviations(&skewed), [Deviation::ClockSkewed { by_ms: -7_200_000 }]);
    assert_eq!(sent(&skewed).sender_info.timestamp, START_MS - 7_200_000);
    let after = last_of("  - report:\n    tamper: [{ skew_clock: -2h }]\n  - poll\n");
    assert_eq!(sent(&after).sender_info.timestamp, START_MS);
}

#[test]
fn members_are_set_and_removed_and_bodies_cut() {
    let steps = "  - report:
    tamper:
      - { set: { pointer: /sender_info/nonce, value: 'of {{ udi }}' } }
      - remove: /device_list
      - remove: /nowhere/at/all
      - { set: { pointer: /no/parent, value: 1 } }
";
    let exchange = last_of(steps);
    let body: serde_json::Value = serde_json::from_slice(&exchange.request.body.0).unwrap();
    assert!(body["sender_info"]["nonce"].as_str().unwrap().starts_with("of P:"), "{body}");
    assert!(body.get("device_list").is_none());
    let set = Deviation::MemberSet { pointer: "/sender_info/nonce".to_owned() };
    let removed = Deviation::MemberRemoved { pointer: "/device_list".to_owned() };
    assert_eq!(deviations(&exchange), [set, removed], "what changed nothing is not claimed");
    let cut = last_of("  - report:\n    tamper: [{ truncate: 200 }]\n");
    assert_eq!(deviations(&cut), [Deviation::BodyTruncated { kept: 200 }]);
    assert_eq!(cut.request.body.0.len(), 200);
    let whole = last_of("  - report:\n    tamper: [{ truncate: 1000000 }]\n");
    assert!(whole.intent.is_honest());
}

#[test]
fn a_tamper_that_changes_nothing_is_no_deviation_and_is_told() {
    let steps = "
  - sync:
    tamper:
      - edit_payload
      - replay_nonce
      - { remove: /nowhere/at/all }
      - { set: { pointer: /no/parent, value: 1 } }
      - { truncate: 1000000 }
";
    let played = play(steps, &mut ScriptedPeer::default());
    played.assert_sound();
    assert!(played.exchanges()[0].intent.is_honest(), "{}", played.outline());
    insta::assert_snapshot!(played.outline());
}

#[test]
fn a_request_by_hand_that_is_replayed_is_tampered_with_as_bytes() {
    let steps = "
  - send: { text: 'no json' }
  - replay:
    tamper: [{ truncate: 2 }, { set: { pointer: /a, value: 1 } }, break_signature]
  - send: { json: { a: 1 }, headers: { x-own: 'yes' } }
  - replay:
    tamper: [{ set: { pointer: /a, value: 2 } }]
";
    let played = play(steps, &mut ScriptedPeer::default());
    let [_, cut, _, set] = played.exchanges()[..] else { panic!("{}", played.outline()) };
    assert_eq!(cut.request.body.0, b"no");
    assert_eq!(set.request.body.0, br#"{"a":2}"#);
    assert_eq!(set.request.headers, [("x-own".to_owned(), "yes".to_owned())]);
    let looks = played.looks();
    let looks: Vec<_> = looks.iter().map(|(what, _, why, met)| (&**what, &**why, *met)).collect();
    let not_json = ("tamper set", "the body is not JSON", false);
    let no_message = ("tamper break_signature", "the body is no licensing request", false);
    assert_eq!(looks, [not_json, no_message]);
}

#[test]
fn a_clock_that_is_off_by_nothing_is_right() {
    let played =
        play("\n  - sync:\n    tamper: [{ skew_clock: 0s }]\n", &mut ScriptedPeer::default());
    assert!(played.exchanges()[0].intent.is_honest());
    let (subject, _, actual, met) = played.looks().pop().unwrap();
    assert_eq!((&*subject, &*actual, met), ("tamper skew_clock", "the skew is 0", false));
}

#[test]
fn a_replay_sends_the_same_bytes_and_with_tampers_others() {
    let replay = last_of("  - report\n  - replay: 2\n");
    assert_eq!(replay.intent.request_type.as_deref(), Some("ID_TOKEN_TRUST"));
    assert_eq!(replay.intent.id_token.as_deref(), Some("valid"));
    assert_eq!(deviations(&replay), [Deviation::RequestReplayed]);
    let steps = "
  - sync
  - replay
  - replay:
    via: smart_receiver
    tamper: [{ remove: /device_list }]
  - replay: 8
";
    let played = play(steps, &mut ScriptedPeer::default());
    let [first, same, other] = played.exchanges()[..] else { panic!("{}", played.outline()) };
    assert_eq!(first.request, same.request);
    assert_eq!(other.endpoint, "smart_receiver");
    assert_ne!(first.request.body, other.request.body);
    assert!(played.outline().ends_with("end: Completed"));
    assert!(played.outline().contains("refused: there is no such earlier request"));
}

#[test]
fn a_tampered_replay_reaches_into_the_call_home_envelope() {
    let steps = "  - report:
    via: call_home
  - replay:
    tamper: [{ remove: /device_list }]
";
    let replay = last_of(steps);
    let text = replay.request.body.as_text().unwrap().to_owned();
    assert!(text.starts_with('<') && !text.contains("device_list"), "{text}");
    assert_eq!(deviations(&replay).len(), 2, "{:?}", deviations(&replay));
}
