//! Authorization codes (SLAC): request, delivery, confirmation, return.

use muster_wire::proposed::authorization_request::{
    AuthorizationRequest, AuthorizationRequestEntry, RequestedKey,
};
use muster_wire::proposed::slac::AuthorizationAnswer;
use muster_wire::{ConfirmationCode, EntitlementTag, Extra, LineStatus, ReturnCode, Sudi};

use super::*;

pub(super) const HSEC: &str =
    "regid.2021-05.com.cisco.C9K_HSEC,1.0_90fdf411-3823-45bd-bd8c-5a5d0e0e1ea2";

fn entry(instance: &Instance) -> AuthorizationRequestEntry {
    AuthorizationRequestEntry {
        sudi: Sudi::from(&instance.udi),
        keys: Vec::new(),
        confirm_code: None,
        remove_code: None,
        extra: Extra::new(),
    }
}

fn key(tag: &str, count: u32) -> RequestedKey {
    RequestedKey { entitlement: EntitlementTag::new(tag), count, extra: Extra::new() }
}

fn body(instance: &mut Instance, kind: &str, entry: AuthorizationRequestEntry) -> Vec<u8> {
    let request = AuthorizationRequest { system_info: None, entries: vec![entry] };
    instance.artefact_body(kind, &request.encode())
}

pub(super) fn request(instance: &mut Instance, tag: &str, count: u32) -> Vec<u8> {
    let entry = AuthorizationRequestEntry { keys: vec![key(tag, count)], ..entry(instance) };
    body(instance, "AUTH_REQUEST", entry)
}

pub(super) fn code_of(line: &AnswerLine) -> AuthorizationAnswer {
    match Artefact::from_smart_license(line.smart_license.as_deref().unwrap()).unwrap() {
        Artefact::Authorization(answer) => *answer,
        other => panic!("{other:?}"),
    }
}

pub(super) fn trusting(server: &Server, number: u64) -> Instance {
    let mut instance = Instance::new(number);
    instance.trust(server, 1, "valid");
    instance
}

pub(super) fn hold(server: &Server, account: &str, purchased: u32) {
    let body = json!({ "virtual_account": account, "tag": HSEC, "purchased": purchased });
    let body = body.to_string();
    let request = ServerRequest {
        method: "PUT",
        path_and_query: "/muster/control/entitlements",
        headers: &[],
        body: body.as_bytes(),
    };
    assert_eq!(server.answer(Listener::Admin, request).status, 200);
}

/// A code that was asked for and fetched.
pub(super) fn authorized(
    server: &Server,
    instance: &mut Instance,
    count: u32,
) -> AuthorizationAnswer {
    let asked = line(&post(server, RECEIVER, &request(instance, HSEC, count)));
    assert_eq!(asked.status, LineStatus::OkPoll);
    code_of(&instance.poll(server, RECEIVER, asked.poll_id.unwrap()))
}

#[test]
fn cssm_gives_a_signed_code_for_the_instance_on_its_poll() {
    let server = good_server();
    let mut instance = trusting(&server, 1);
    let asked = post(&server, RECEIVER, &request(&mut instance, HSEC, 2));
    let asked = line(&asked);
    assert_eq!(asked.poll_interval, Some(300));
    let polls = [(); 2].map(|()| instance.poll(&server, RECEIVER, asked.poll_id.unwrap()));
    assert_eq!(polls[0].smart_license, polls[1].smart_license);
    let code = code_of(&polls[0]);
    assert_eq!(code.udi, instance.udi.to_string());
    assert!(code.code.status.success);
    assert_eq!(code.code.customer.unwrap().virtual_account, "Default");
    let licence = &code.code.licenses[0];
    assert_eq!((licence.tag.as_str(), licence.count), (HSEC, 2));
    assert_eq!((&*licence.license_type, &*licence.end_date), ("PERPETUAL", ""));
    let signature = STANDARD.decode(&code.signature).unwrap();
    let key = server.0.authority.signing_public_key();
    assert!(key.verify(code.signed.as_bytes(), &signature));
}

#[test]
fn an_on_prem_waits_for_the_synchronization_unless_it_asks_at_once() {
    let server = good_server();
    let mut instance = trusting(&server, 1);
    let asked = line(&post(&server, CSLU, &request(&mut instance, HSEC, 1)));
    let poll_id = asked.poll_id.unwrap();
    assert_eq!(instance.poll(&server, CSLU, poll_id).status, LineStatus::OkPoll);
    server.advance_clock(60_000);
    assert_eq!(instance.poll(&server, CSLU, poll_id).status, LineStatus::Complete);
    put_settings(&server, &json!({ "instant_authorization": true }));
    let asked = line(&post(&server, CSLU, &request(&mut instance, HSEC, 2)));
    let delivered = instance.poll(&server, CSLU, asked.poll_id.unwrap());
    assert_eq!(code_of(&delivered).code.licenses[0].count, 2);
}

#[test]
fn what_is_not_available_or_not_controlled_is_refused_in_the_code() {
    let server = good_server();
    let mut instance = trusting(&server, 1);
    hold(&server, "Default", 1);
    let code = authorized(&server, &mut instance, 2).code;
    assert_eq!(code.status.code.as_deref(), Some("LICENSE_NOT_AVAILABLE"));
    assert!(!code.status.success && code.licenses.is_empty());
    for tag in [LICENCE, "regid.x"] {
        let asked = line(&post(&server, RECEIVER, &request(&mut instance, tag, 1)));
        let code = code_of(&instance.poll(&server, RECEIVER, asked.poll_id.unwrap())).code;
        assert_eq!(code.status.code.as_deref(), Some("INVALID_ENTITLEMENT"));
    }
    assert_eq!(authorized(&server, &mut instance, 1).code.licenses[0].count, 1);
}

#[test]
fn while_only_the_default_account_has_it_polls_are_put_off() {
    let server = good_server();
    let mut instance = Instance::new(1);
    instance.trust(&server, 1, "other_account");
    let asked = line(&post(&server, RECEIVER, &request(&mut instance, HSEC, 1)));
    let poll_id = asked.poll_id.unwrap();
    let early = instance.poll(&server, RECEIVER, poll_id);
    assert_eq!((early.status, early.poll_interval), (LineStatus::OkPoll, Some(300)));
    hold(&server, "My VA", 1);
    let code = code_of(&instance.poll(&server, RECEIVER, poll_id)).code;
    assert_eq!(code.customer.unwrap().virtual_account, "My VA");
}

#[test]
fn a_code_is_confirmed_and_returned_once() {
    let server = good_server();
    hold(&server, "Default", 3);
    let mut instance = trusting(&server, 1);
    let confirmation = ConfirmationCode::spelled(&[1; 8]);
    let confirm =
        AuthorizationRequestEntry { confirm_code: Some(confirmation), ..entry(&instance) };
    let give_back = AuthorizationRequestEntry {
        remove_code: Some(ReturnCode::spelled(&[2; 24])),
        ..entry(&instance)
    };
    let errands = [("AUTH_CONFIRM", &confirm), ("AUTH_RETURN", &give_back)];
    for (kind, entry) in errands {
        let body = body(&mut instance, kind, entry.clone());
        let line = line(&post(&server, RECEIVER, &body));
        assert_eq!(line.message_code.as_deref(), Some("NO_AUTHORIZATION"), "{kind}");
    }
    authorized(&server, &mut instance, 3);
    for (kind, entry) in errands {
        let body = body(&mut instance, kind, entry.clone());
        let answers = [(); 2].map(|()| line(&post(&server, RECEIVER, &body)));
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].status, LineStatus::Complete, "{kind}");
        if kind == "AUTH_RETURN" {
            let code = code_of(&answers[0]).code;
            assert!(code.status.success && code.licenses.is_empty());
        }
    }
    // What came back is there for another instance.
    let mut other = trusting(&server, 2);
    assert!(authorized(&server, &mut other, 3).code.status.success);
}

#[test]
fn requests_that_break_a_limit_or_lack_a_part_are_refused() {
    let server = good_server();
    let mut instance = trusting(&server, 1);
    let other = Instance::new(2);
    let with = |keys| AuthorizationRequestEntry { keys, ..entry(&other) };
    let own =
        |keys| AuthorizationRequestEntry { sudi: Sudi::from(&Instance::new(1).udi), ..with(keys) };
    let no_code = ConfirmationCode::new("not a code!");
    let confirm = AuthorizationRequestEntry { confirm_code: Some(no_code), ..own(Vec::new()) };
    for (kind, entry) in [
        ("AUTH_REQUEST", with(vec![key(HSEC, 1)])),
        ("AUTH_REQUEST", own(Vec::new())),
        ("AUTH_REQUEST", own(vec![key(HSEC, 0)])),
        ("AUTH_REQUEST", own(vec![key(HSEC, 1), key(HSEC, 1)])),
        ("AUTH_REQUEST", own(vec![key(&"x".repeat(257), 1)])),
        ("AUTH_REQUEST", own((0..17).map(|n| key(&n.to_string(), 1)).collect())),
        ("AUTH_CONFIRM", own(Vec::new())),
        ("AUTH_CONFIRM", confirm),
        ("AUTH_RETURN", own(Vec::new())),
    ] {
        let body = body(&mut instance, kind, entry);
        assert_eq!(code(&post(&server, RECEIVER, &body)), "INVALID_REQUEST", "{kind}");
    }
    for xml in ["<smartLicense/>", "", "<x>"] {
        let body = instance.artefact_body("AUTH_REQUEST", xml);
        assert_eq!(code(&post(&server, RECEIVER, &body)), "INVALID_REQUEST");
    }
}

#[test]
fn cssm_needs_to_know_the_account_and_a_tenant_has_one() {
    let server = good_server();
    let mut instance = Instance::new(1);
    let unknown = line(&post(&server, RECEIVER, &request(&mut instance, HSEC, 1)));
    assert_eq!(unknown.message_code.as_deref(), Some("ACCOUNT_MISMATCH"));
    let asked = line(&post(&server, CSLU, &request(&mut instance, HSEC, 1)));
    assert_eq!(asked.status, LineStatus::OkPoll);
}
