//! Product instances of the policy era, for probes.

use muster_wire::proposed::acknowledgement::Acknowledgement;
use muster_wire::proposed::authorization_request::{
    AuthorizationRequest, AuthorizationRequestEntry, RequestedKey,
};
use muster_wire::proposed::slac::AuthorizationAnswer;
use muster_wire::trust::TrustAnswer;
use muster_wire::{Artefact, EntitlementTag, Extra, Sudi};
pub(crate) use serde_json::{Value, json};

pub(crate) use crate::Server;
pub(crate) use crate::handler::tests::{
    CSLU, CSLU_OTHER, CSLU_VALIDATING, Instance, LICENCE, RECEIVER, line, post, put_settings, token,
};

/// An export-controlled licence.
pub(crate) const HSEC: &str =
    "regid.2021-05.com.cisco.C9K_HSEC,1.0_90fdf411-3823-45bd-bd8c-5a5d0e0e1ea2";

pub(crate) fn ask(server: &Server, path: &str, body: &[u8]) -> Value {
    serde_json::from_slice(&post(server, path, body).body).unwrap_or_default()
}

pub(crate) fn is_taken(answer: &Value) -> bool {
    answer["license_data"][0]["status"] == "OK_POLL"
}

/// What a trust request with a token is answered.
pub(crate) fn trust(
    server: &Server,
    instance: &mut Instance,
    trust_id: u64,
    name: &str,
) -> TrustAnswer {
    let body = instance.trust_body(trust_id, token(name));
    let line = line(&post(server, RECEIVER, &body));
    match Artefact::from_smart_license(line.smart_license.as_deref().unwrap()).unwrap() {
        Artefact::Trust(trust) => *trust,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn trusts(server: &Server, instance: &mut Instance, trust_id: u64, name: &str) -> bool {
    trust(server, instance, trust_id, name).trust_code.status.success
}

/// The trust code of a good first request.
pub(crate) fn first_trust(server: &Server) -> TrustAnswer {
    trust(server, &mut Instance::new(1), 1, "valid")
}

/// The trust code of a request with an old trust id.
pub(crate) fn refused_trust(server: &Server) -> TrustAnswer {
    let mut instance = Instance::new(1);
    trust(server, &mut instance, 5, "valid");
    trust(server, &mut instance, 4, "valid")
}

/// An instance that CSSM trusts, with trust id 1.
pub(crate) fn trusted(server: &Server) -> Instance {
    let mut instance = Instance::new(1);
    trust(server, &mut instance, 1, "valid");
    instance
}

/// The answer to a good usage request.
pub(crate) fn taken(server: &Server, path: &str) -> Value {
    let mut instance = trusted(server);
    let body = instance.simple_usage(1, 1);
    ask(server, path, &body)
}

/// The answer to a poll for what another answer promised.
pub(crate) fn fetched(
    server: &Server,
    instance: &mut Instance,
    path: &str,
    answer: &Value,
) -> Value {
    let poll_id = &answer["license_data"][0]["poll_id"];
    let lines = json!([{ "request_type": "POLL", "request_line_id": 1, "poll_id": poll_id }]);
    let poll = instance.body(lines);
    ask(server, path, &poll)
}

/// The artefact in the only line of an answer.
pub(crate) fn artefact(answer: &Value) -> Option<Artefact> {
    let text = answer["license_data"][0]["smart_license"].as_str().unwrap_or_default();
    Artefact::from_smart_license(text).ok()
}

/// The acknowledgement of one good report, fetched at once.
pub(crate) fn acknowledged(server: &Server, path: &str) -> Option<Acknowledgement> {
    let mut instance = trusted(server);
    let body = instance.simple_usage(1, 1);
    acknowledged_usage(server, &mut instance, path, &body)
}

/// The acknowledgement of a usage request, fetched at once.
pub(crate) fn acknowledged_usage(
    server: &Server,
    instance: &mut Instance,
    path: &str,
    usage: &[u8],
) -> Option<Acknowledgement> {
    let answer = ask(server, path, usage);
    match artefact(&fetched(server, instance, path, &answer)) {
        Some(Artefact::Acknowledgement(acknowledgement)) => Some(*acknowledgement),
        _ => None,
    }
}

pub(crate) fn hello(server: &Server, path: &str) -> Value {
    let mut instance = Instance::new(1);
    let body = instance.body(json!([{ "request_type": "HELLO", "request_line_id": 7 }]));
    ask(server, path, &body)
}

/// The answer to a request that cannot be read.
pub(crate) fn failure(server: &Server) -> Value {
    ask(server, RECEIVER, br#"{"nonce":"815"}"#)
}

/// The answer to a second report, from an instance that has its record in another account.
pub(crate) fn conflict(server: &Server) -> Value {
    let mut instance = trusted(server);
    let bodies = [1, 2].map(|report| instance.simple_usage(1, report));
    ask(server, CSLU, &bodies[0]);
    ask(server, CSLU_OTHER, &bodies[1])
}

/// A request for authorization codes.
pub(crate) fn code_request(instance: &mut Instance, tag: &str, count: u32) -> Vec<u8> {
    let key = RequestedKey { entitlement: EntitlementTag::new(tag), count, extra: Extra::new() };
    let entry = AuthorizationRequestEntry {
        sudi: Sudi::from(&instance.udi),
        keys: vec![key],
        confirm_code: None,
        remove_code: None,
        extra: Extra::new(),
    };
    let request = AuthorizationRequest { system_info: None, entries: vec![entry] };
    instance.artefact_body("AUTH_REQUEST", &request.encode())
}

/// The authorization code an instance gets at CSSM, for two licences.
pub(crate) fn code(server: &Server, tag: &str) -> Option<AuthorizationAnswer> {
    let mut instance = trusted(server);
    let body = code_request(&mut instance, tag, 2);
    let answer = ask(server, RECEIVER, &body);
    match artefact(&fetched(server, &mut instance, RECEIVER, &answer)) {
        Some(Artefact::Authorization(code)) => Some(*code),
        _ => None,
    }
}
