//! Every deviation of a classic request is in the bytes and in the journal's intent, or in neither,
//! and apart from it the request is honest.

use muster_journal::{Deviation, Exchange};
use muster_wire::classic::{ClassicRequest, RequestData, RequestEnvelope};
use muster_wire::transport::callhome::CallHome;

use crate::bench::{Played, play};
use crate::classic_peer::ClassicPeer;

/// Plays steps of a router that is registered; what the peer had to complain of, too.
fn played(via: &str, steps: &str) -> (Played, Vec<String>) {
    let text = format!(
        "title: t\ninstances: {{ router: {{ platform: csr1000v, via: {via} }} }}\nsteps:\n  \
         - register: {{ id_token: valid }}\n{steps}"
    );
    let mut peer = ClassicPeer::new();
    let played = play(&text, &mut peer);
    played.assert_sound();
    (played, peer.complaints)
}

/// The exchange of the last step that has one, and the complaints, over both envelopes.
fn last_of(steps: &str) -> (Exchange, Vec<String>) {
    let last = |via| {
        let (played, complaints) = played(via, steps);
        let own = played.exchanges().into_iter().rfind(|exchange| exchange.step.is_some());
        let own = own.cloned().unwrap();
        assert!(played.looks().iter().all(|look| look.3), "{}", played.outline());
        (own, complaints)
    };
    let (plain, framed) = (last("smart_receiver"), last("call_home"));
    assert_eq!(plain.0.intent, framed.0.intent);
    assert_eq!(plain.1, framed.1);
    assert_eq!(request(&plain.0), request(&framed.0), "the envelope changes nothing inside");
    plain
}

fn envelope(exchange: &Exchange) -> RequestEnvelope {
    let body = &exchange.request.body.0;
    match CallHome::decode(body) {
        Ok(CallHome::Message(message)) => message.classic_request().unwrap(),
        _ => RequestEnvelope::decode(body).unwrap(),
    }
}

fn request(exchange: &Exchange) -> ClassicRequest {
    envelope(exchange).open().unwrap()
}

#[test]
fn an_untampered_request_is_honest() {
    let (exchange, complaints) = last_of("  - renew_authorization\n");
    assert!(exchange.intent.is_honest() && complaints.is_empty());
}

#[test]
fn what_breaks_the_signature_breaks_nothing_else() {
    for (tamper, deviation) in [
        ("edit_payload", Deviation::PayloadEdited),
        ("break_signature", Deviation::SignatureBroken),
    ] {
        let (exchange, complaints) =
            last_of(&format!("  - renew_authorization:\n    tamper: {tamper}\n"));
        assert_eq!(exchange.intent.deviations, [deviation]);
        assert_eq!(complaints, ["signature"], "{tamper}");
    }
}

#[test]
fn a_nonce_is_replayed_in_every_place_and_signed() {
    let (exchange, complaints) = last_of("  - renew_id:\n    tamper: replay_nonce\n");
    assert_eq!(exchange.intent.deviations, [Deviation::NonceReplayed]);
    assert_eq!(complaints, ["nonce"]);
    let request = request(&exchange);
    assert_eq!(request.nonce, request.header.nonce);
    assert_eq!(request.nonce, *request.data().unwrap().nonce());
}

#[test]
fn a_wrong_clock_shows_in_one_request() {
    let steps = "  - renew_id:\n    tamper: { skew_clock: 2h }\n  - renew_authorization\n";
    let (played, complaints) = played("call_home", steps);
    assert_eq!(complaints, ["clock"], "{}", played.outline());
    let skewed: Vec<_> =
        played.exchanges().iter().map(|one| one.intent.deviations.clone()).collect();
    let by_ms = 7_200_000;
    assert_eq!(skewed, [vec![], vec![], vec![Deviation::ClockSkewed { by_ms }], vec![]]);
}

#[test]
fn a_poll_asks_for_what_is_not_its_own() {
    let steps = "  - export: { request: hseck9 }\n  - poll:\n    tamper: foreign_poll_id\n    \
                 expect: { status: FAILED, message_code: LS_UNKNOWN_POLL }\n";
    let (exchange, complaints) = last_of(steps);
    assert_eq!(exchange.intent.deviations, [Deviation::PollIdForeign]);
    assert_eq!(complaints, [""; 0], "it is signed");
    let RequestData::Poll(poll) = request(&exchange).data().unwrap() else { panic!() };
    assert_eq!(poll.poll_id.0, 1 ^ 0x5EED);
}

#[test]
fn members_are_set_and_removed_inside_the_texts() {
    let steps = "  - use: { feature: prem_250M, count: 7 }
    tamper:
      - set: { pointer: /request/request_data/entitlements/0/count, value: 9 }
      - set: { pointer: /request/header/version, value: '1.1' }
      - remove: /request/request_data/renew
";
    let (exchange, complaints) = last_of(steps);
    assert_eq!(exchange.intent.deviations.len(), 3);
    assert_eq!(complaints, [""; 0], "it is signed anew");
    let request = request(&exchange);
    assert_eq!(request.header.version, "1.1");
    let RequestData::Entitlement(data) = request.data().unwrap() else { panic!() };
    assert_eq!(data.entitlements[0].count, 9);
    assert!(!request.request_data.contains("renew"));
}

#[test]
fn what_stands_beside_the_text_changes_without_it() {
    let steps = "  - register: { id_token: valid, force: true }
    tamper: [{ set: { pointer: /credential/value, value: another } }]
    expect: { status: FAILED, message_code: LS_INVALID_TOKEN }
";
    let (exchange, _) = last_of(steps);
    assert_eq!(envelope(&exchange).credential.unwrap().value, "another");
    let steps = "  - renew_id:\n    tamper: [{ remove: /signature }]\n";
    let (exchange, complaints) = last_of(steps);
    assert!(envelope(&exchange).signature.is_none() && complaints.is_empty());
}

#[test]
fn a_cut_request_is_cut_inside_its_envelope() {
    let steps = "  - renew_authorization:\n    tamper: { truncate: 40 }\n";
    let (plain, _) = played("smart_receiver", steps);
    let body = |played: &Played| {
        let own = played.exchanges().into_iter().rfind(|exchange| exchange.step.is_some());
        own.unwrap().request.body.0.clone()
    };
    assert_eq!(body(&plain).len(), 40);
    let (framed, _) = played("call_home", steps);
    let Ok(CallHome::Message(message)) = CallHome::decode(&body(&framed)) else { panic!() };
    assert_eq!(message.licensing_text().unwrap().len(), 40);
}

#[test]
fn a_replay_is_changed_and_signed_like_any_other_request() {
    let steps = "  - renew_authorization
  - replay:
    tamper: [{ set: { pointer: /request/request_data/renew, value: false } }]
";
    let (exchange, complaints) = last_of(steps);
    assert_eq!(complaints, ["nonce"], "it is signed anew, and its nonce is an old one");
    let pointer = "/request/request_data/renew".to_owned();
    let expected = [Deviation::RequestReplayed, Deviation::MemberSet { pointer }];
    assert_eq!(exchange.intent.deviations, expected);
}

#[test]
fn a_tamper_that_changes_nothing_is_told_and_is_no_deviation() {
    let steps = "  - renew_id:
    tamper: [{ skew_clock: 0s }, { remove: /nowhere/at }, { truncate: 99999 }]
  - register: { id_token: valid, force: true }
    tamper: [{ set: { pointer: /request/request_data/force, value: true } }]
  - convert: { automatic: true }
    tamper: break_signature
";
    let (played, complaints) = played("call_home", steps);
    assert_eq!(complaints, [""; 0]);
    assert!(played.exchanges().iter().all(|exchange| exchange.intent.is_honest()));
    let whys: Vec<_> = played.looks().into_iter().map(|look| (look.0, look.2)).collect();
    insta::assert_debug_snapshot!(whys);
}
