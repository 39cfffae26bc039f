//! Trust: sequence, accounts, proof of possession, clock, and what the trust code holds.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_wire::{Artefact, LineStatus, TrustId};
use serde_json::json;

use super::*;

fn refused(code: &TrustCode) -> &str {
    assert!(!code.status.success && code.trust_id.is_none() && code.customer.is_none());
    code.status.code.as_deref().unwrap()
}

#[test]
fn a_trust_code_is_whole_and_signed() {
    let server = good_server();
    let mut instance = Instance::new(1);
    let body = instance.trust_body(1, token("valid"));
    let line = line(&post(&server, RECEIVER, &body));
    assert_eq!(line.status, LineStatus::Complete);
    let text = line.smart_license.as_deref().unwrap();
    let Artefact::Trust(answer) = Artefact::from_smart_license(text).unwrap() else { panic!() };
    let signature = STANDARD.decode(&answer.signature).unwrap();
    let key = server.0.authority.signing_public_key();
    assert!(key.verify(answer.signed.as_bytes(), &signature));
    assert!(answer.signed.starts_with("<trustCode>") && text.len() > 500);
    let code = answer.trust_code;
    assert_eq!(code.udi, instance.udi.to_string());
    assert_eq!(code.customer.unwrap().virtual_account, "Default");
    assert_eq!(code.date_stamp.unwrap(), "2026-05-28T20:26:40");
    assert_eq!((code.trust_id, code.status.success), (Some(TrustId(1)), true));
    assert!(code.status.correlation_id.is_some() && code.status.code.is_none());
    let sub_ca = STANDARD.decode(code.sub_ca.unwrap()).unwrap();
    assert_eq!(sub_ca, server.0.authority.sub_ca_der());
    let certificate = STANDARD.decode(code.id_certificate.unwrap()).unwrap();
    let spki = instance.key.public_key().to_spki_der();
    assert!(certificate.windows(spki.len()).any(|window| window == spki));
}

#[test]
fn the_identifier_stays_and_the_sequence_grows() {
    let server = good_server();
    let mut instance = Instance::new(1);
    let first = instance.trust(&server, 1, "valid");
    let third = instance.trust(&server, 3, "valid");
    assert_eq!(first.product_instance_identifier, third.product_instance_identifier);
    assert_eq!(third.trust_id, Some(TrustId(3)));
    for old in [0, 1, 2, 3] {
        let code = instance.trust(&server, old, "valid");
        assert_eq!(refused(&code), "OLD_TRUST_ID");
        assert!(code.status.message.unwrap().contains("higher trust-id"));
    }
    assert!(instance.trust(&server, 4, "valid").status.success);
}

#[test]
fn each_instance_has_its_own_sequence() {
    let server = good_server();
    assert!(Instance::new(1).trust(&server, 9, "valid").status.success);
    assert!(Instance::new(2).trust(&server, 1, "valid").status.success);
}

#[test]
fn a_token_serves_its_account_and_no_other() {
    let server = good_server();
    let mut instance = Instance::new(1);
    assert_eq!(refused(&instance.trust(&server, 1, "unknown")), "INVALID_TOKEN");
    let code = instance.trust(&server, 1, "other_account");
    assert_eq!(code.customer.unwrap().virtual_account, "My VA");
    assert_eq!(refused(&instance.trust(&server, 2, "valid")), "ACCOUNT_MISMATCH");
    // A refusal does not use the id up.
    assert!(instance.trust(&server, 2, "other_account").status.success);
}

#[test]
fn clocks_an_hour_apart_are_refused() {
    let server = good_server();
    let hour = 3_600_000;
    for (now_ms, good) in [
        (START_MS + hour - 1, true),
        (START_MS - hour + 1, true),
        (START_MS + hour, false),
        (START_MS - hour, false),
        (u64::MAX, false),
        (0, false),
    ] {
        let mut instance = Instance { now_ms, ..Instance::new(now_ms % 1_000_003) };
        let code = instance.trust(&server, 1, "valid");
        assert_eq!(code.status.success, good, "{now_ms}");
        assert!(good || refused(&code) == "TIMESTAMP_MISMATCH");
    }
}

#[test]
fn a_key_must_be_possessed() {
    let server = good_server();
    let mut instance = Instance::new(1);
    let mut request = instance.trust_request(1, token("valid"));
    request.signature = Instance::new(2).sign(&request.signed);
    let body = instance.artefact_body("ID_TOKEN_TRUST", &request.encode());
    let code = trust_code(&line(&post(&server, RECEIVER, &body)));
    assert_eq!(refused(&code), "SIGNATURE_MISMATCH");
}

#[test]
fn no_instance_gets_trust_for_another() {
    let server = good_server();
    let (mut instance, other) = (Instance::new(1), Instance::new(2));
    let request = other.trust_request(1, token("valid"));
    let body = instance.artefact_body("ID_TOKEN_TRUST", &request.encode());
    assert_eq!(code(&post(&server, RECEIVER, &body)), "INVALID_REQUEST");
}

#[test]
fn a_synchronization_is_deferred_and_in_force_when_fetched() {
    let server = good_server();
    let mut instance = Instance::new(1);
    let body = instance.trust_body(1, None);
    let deferred = line(&post(&server, CSLU, &body));
    assert_eq!(deferred.status, LineStatus::OkPoll);
    // Sent again because the answer was lost: the same promise.
    assert_eq!(line(&post(&server, CSLU, &body)), deferred);
    let poll_id = deferred.poll_id.unwrap();
    assert_eq!(instance.poll(&server, CSLU, poll_id).status, LineStatus::OkPoll);
    let usage = instance.simple_usage(1, 100);
    assert_eq!(code(&post(&server, CSLU, &usage)), "INVALID_TRUST");
    server.advance_clock(60_000);
    let first = instance.poll(&server, CSLU, poll_id);
    assert_eq!(trust_code(&first).customer.unwrap().virtual_account, "Default");
    assert_eq!(instance.poll(&server, CSLU, poll_id), first);
    assert_eq!(line(&post(&server, CSLU, &usage)).status, LineStatus::OkPoll);
    let again = instance.trust_body(1, None);
    assert_eq!(refused(&trust_code(&line(&post(&server, CSLU, &again)))), "OLD_TRUST_ID");
}

#[test]
fn a_pending_refresh_leaves_the_old_trust_in_force() {
    let server = good_server();
    let mut instance = Instance::new(1);
    instance.trust(&server, 1, "valid");
    let body = instance.trust_body(2, None);
    let poll_id = line(&post(&server, CSLU, &body)).poll_id.unwrap();
    let usage = instance.simple_usage(1, 100);
    assert_eq!(line(&post(&server, CSLU, &usage)).status, LineStatus::OkPoll);
    server.advance_clock(60_000);
    instance.poll(&server, CSLU, poll_id);
    let usage = instance.simple_usage(1, 101);
    assert_eq!(code(&post(&server, CSLU, &usage)), "INVALID_TRUST");
    let usage = instance.simple_usage(2, 101);
    assert_eq!(line(&post(&server, CSLU, &usage)).status, LineStatus::OkPoll);
}

#[test]
fn cssm_gives_a_stranger_no_trust_without_a_token() {
    let server = good_server();
    let body = Instance::new(1).trust_body(1, None);
    let code = trust_code(&line(&post(&server, RECEIVER, &body)));
    assert_eq!(refused(&code), "ACCOUNT_MISMATCH");
}

#[test]
fn an_id_token_has_no_place_at_on_prem() {
    let server = good_server();
    let mut instance = Instance::new(1);
    for path in [CSLU, CSLU_OTHER, "/SmartTransport", "/cslu/v1/pi"] {
        let body = instance.trust_body(1, token("valid"));
        assert_eq!(post(&server, path, &body).status, 404, "{path}");
    }
    assert!(instance.trust(&server, 1, "valid").status.success);
}

/// A request of `active` about both members of its set.
fn set_body(active: &mut Instance, standby: &Instance, lines: Value) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(&active.body(lines)).unwrap();
    let member = json!({ "sudi": standby.sudi(), "software_tag_identifier": SOFTWARE });
    body["device_list"].as_array_mut().unwrap().push(member);
    body.to_string().into_bytes()
}

fn set_request(
    active: &mut Instance,
    standby: &Instance,
    kind: &str,
    id_token: Option<String>,
) -> Vec<u8> {
    let mut entries = active.trust_request(4, id_token.clone()).entries;
    entries.extend(standby.trust_request(7, id_token).entries);
    let signed = serde_json::to_string(&entries).unwrap();
    let signature = active.sign(&signed);
    let request = TrustRequest { system_info: None, entries, signed, signature };
    let smart_license = to_smart_license(&request.encode());
    let line =
        json!({ "request_type": kind, "request_line_id": 1, "smart_license": smart_license });
    set_body(active, standby, json!([line]))
}

#[test]
fn a_set_gets_one_trust_code_per_member() {
    let server = good_server();
    let (mut active, standby) = (Instance::new(1), Instance::new(2));
    let body = set_request(&mut active, &standby, "ID_TOKEN_TRUST", token("valid"));
    let answer = decoded(&post(&server, RECEIVER, &body));
    let ids: Vec<_> = answer.license_data.iter().map(|line| trust_code(line).trust_id).collect();
    assert_eq!(ids, [Some(TrustId(4)), Some(TrustId(7))]);
}

#[test]
fn a_set_polls_for_its_members() {
    let server = good_server();
    let (mut active, standby) = (Instance::new(1), Instance::new(2));
    let body = set_request(&mut active, &standby, "TRUST_SYNC", None);
    let answer = decoded(&post(&server, CSLU, &body));
    server.advance_clock(60_000);
    let poll_id = answer.license_data[1].poll_id.unwrap();
    let poll = json!([{ "request_type": "POLL", "request_line_id": 1, "poll_id": poll_id }]);
    let fetched = line(&post(&server, CSLU, &set_body(&mut active, &standby, poll)));
    assert_eq!(fetched.sudi.as_ref().map(|sudi| sudi.udi()), Some(standby.udi.clone()));
    assert_eq!(trust_code(&fetched).trust_id, Some(TrustId(7)));
    // Without the member in its set it is a stranger's poll id.
    assert_eq!(active.poll(&server, CSLU, poll_id).status, LineStatus::Failed);
}
