//! Each defect changes exactly its own behaviour: every probe against every defect.

use muster_wire::Artefact;
use muster_wire::trust::TrustAnswer;
use serde_json::json;

use super::*;
use crate::classic::tests::defects as classic;

/// Whether the server behaves as it should; true also where another defect hides the behaviour.
type Probe = fn(&Server, Instance) -> bool;

const PROBES: [(Defect, Probe); 27] = [
    (Defect::ACCEPTS_OLD_TRUST_ID, |server, mut instance| {
        let first = trusts(server, &mut instance, 5, "valid");
        first && !trusts(server, &mut instance, 5, "valid")
    }),
    (Defect::WRONG_OLD_TRUST_CODE, |server, mut instance| {
        trusts(server, &mut instance, 5, "valid");
        let code = trust(server, &mut instance, 4, "valid").trust_code.status.code;
        code.is_none_or(|code| code == "OLD_TRUST_ID")
    }),
    (Defect::ACCEPTS_UNKNOWN_TRUST_ID, |server, mut instance| {
        trusts(server, &mut instance, 1, "valid");
        let body = instance.simple_usage(9, 1);
        !is_taken(&ask(server, RECEIVER, &body))
    }),
    (Defect::ACCEPTS_USAGE_WITHOUT_TRUST, |server, mut instance| {
        let body = instance.simple_usage(1, 1);
        !is_taken(&ask(server, RECEIVER, &body))
    }),
    (Defect::TRUST_ANSWER_WITHOUT_ACCOUNT, |server, mut instance| {
        trust(server, &mut instance, 1, "valid").trust_code.customer.is_some()
    }),
    (Defect::UDI_IN_OTHER_FORM, |server, mut instance| {
        let expected = instance.udi.to_string();
        trust(server, &mut instance, 1, "valid").trust_code.udi == expected
    }),
    (Defect::TRUST_SYNC_ANSWERED_AT_ONCE, |server, mut instance| {
        let body = instance.trust_body(1, None);
        is_taken(&ask(server, CSLU, &body))
    }),
    (Defect::ACCEPTS_FOREIGN_TOKEN, |server, mut instance| {
        trusts(server, &mut instance, 1, "other_account")
            && !trusts(server, &mut instance, 2, "valid")
    }),
    (Defect::ACCEPTS_UNKNOWN_TOKEN, |server, mut instance| {
        !trusts(server, &mut instance, 1, "unknown")
    }),
    (Defect::ACKNOWLEDGES_UNKNOWN_TAG, |server, mut instance| {
        trusts(server, &mut instance, 1, "valid");
        let tag = LICENCE.replace("MUSTER", "UNKNOWN");
        let report = instance.report(1, &instance.payload(1, &tag, 1));
        let body = instance.usage_body(vec![report]);
        let acknowledgement = polled(server, &mut instance, RECEIVER, &body).1;
        acknowledgement.is_none_or(|ack| ack.data.acks[0].status == "REJECTED")
    }),
    (Defect::ENVELOPE_STATUS_OK_POLL, |server, instance| {
        taken(server, instance, RECEIVER)["status"] == "COMPLETE"
    }),
    (Defect::ZERO_POLL_INTERVAL, |server, instance| {
        taken(server, instance, RECEIVER)["license_data"][0]["poll_interval"] != 0
    }),
    (Defect::SAME_POLL_INTERVAL_FOR_ALL, |server, mut instance| {
        trusts(server, &mut instance, 1, "valid");
        let intervals = [1, 2, 3].map(|report| {
            let body = instance.simple_usage(1, report);
            ask(server, RECEIVER, &body)["license_data"][0]["poll_interval"].as_u64().unwrap()
        });
        intervals[0] == 0 || intervals.iter().any(|interval| *interval != intervals[0])
    }),
    (Defect::ECHOES_WRONG_SERIAL, |server, mut instance| {
        hello(server, &mut instance)["sender_info"]["sudi"] == instance.sudi()
    }),
    (Defect::CAPABILITIES_MISSING, |server, mut instance| {
        let capabilities = &hello(server, &mut instance)["sender_info"]["connect_info"];
        capabilities["capabilities"].as_array().is_some_and(|list| !list.is_empty())
    }),
    (Defect::STALE_NONCE, |server, instance| {
        let lines = json!([{ "request_type": "HELLO", "request_line_id": 1 }]);
        let answer = ask(server, CSLU, &instance.body_with_nonce("4711", lines));
        answer["sender_info"]["nonce"] == "4711"
    }),
    (Defect::FAILURE_WITHOUT_NONCE, |server, _| {
        ask(server, RECEIVER, br#"{"nonce":"815"}"#)["nonce"] == "815"
    }),
    (Defect::DUPLICATE_RECORD, |server, mut instance| {
        trusts(server, &mut instance, 1, "valid");
        let bodies = [1, 2].map(|report| instance.simple_usage(1, report));
        let first = is_taken(&ask(server, CSLU, &bodies[0]));
        !first || !is_taken(&ask(server, CSLU_OTHER, &bodies[1]))
    }),
    (Defect::KEEPS_REMOVED_RECORD, |server, mut instance| {
        trusts(server, &mut instance, 1, "valid");
        let bodies = [1, 2].map(|report| instance.simple_usage(1, report));
        ask(server, CSLU, &bodies[0]);
        let removed = server.remove_product_instance(&instance.udi);
        let answer = ask(server, CSLU_OTHER, &bodies[1]);
        removed && answer["message_code"] != "ERROR Consuming licenses"
    }),
    (Defect::VALIDATE_DEVICE_IGNORED, |server, instance| {
        !is_taken(&taken(server, instance, CSLU_VALIDATING))
    }),
    (Defect::REFUSES_UNKNOWN_INSTANCES, |server, instance| {
        is_taken(&taken(server, instance, CSLU))
    }),
    (Defect::ID_TOKEN_AT_ONPREM_ACCEPTED, |server, mut instance| {
        let body = instance.trust_body(1, token("valid"));
        post(server, CSLU, &body).status == 404
    }),
    (Defect::IGNORES_REPORT_SIGNATURE, |server, mut instance| {
        trusts(server, &mut instance, 1, "valid");
        let mut report = instance.report(1, &instance.payload(1, LICENCE, 2));
        report.payload = report.payload.replace("\"2\"", "\"1\"");
        let body = instance.usage_body(vec![report]);
        !is_taken(&ask(server, RECEIVER, &body))
    }),
    (Defect::COMPLETES_WITHOUT_ACKNOWLEDGEMENT, |server, mut instance| {
        trusts(server, &mut instance, 1, "valid");
        let body = instance.simple_usage(1, 1);
        let (status, acknowledgement) = polled(server, &mut instance, CSLU, &body);
        status != "COMPLETE" || acknowledgement.is_some()
    }),
    (Defect::POLICY_NOT_DELIVERED, |server, mut instance| {
        trusts(server, &mut instance, 1, "valid");
        let body = instance.simple_usage(1, 1);
        let acknowledgement = polled(server, &mut instance, RECEIVER, &body).1;
        acknowledgement.is_none_or(|ack| !ack.policies.is_empty())
    }),
    (Defect::NO_BANNER, |server, _| banner(server, RECEIVER)),
    (Defect::NO_ONPREM_BANNER, |server, _| banner(server, CSLU)),
];

fn ask(server: &Server, path: &str, body: &[u8]) -> Value {
    serde_json::from_slice(&post(server, path, body).body).unwrap_or_default()
}

fn is_taken(answer: &Value) -> bool {
    answer["license_data"][0]["status"] == "OK_POLL"
}

fn trust(server: &Server, instance: &mut Instance, trust_id: u64, name: &str) -> TrustAnswer {
    let body = instance.trust_body(trust_id, token(name));
    let line = line(&post(server, RECEIVER, &body));
    match Artefact::from_smart_license(line.smart_license.as_deref().unwrap()).unwrap() {
        Artefact::Trust(trust) => *trust,
        other => panic!("{other:?}"),
    }
}

fn trusts(server: &Server, instance: &mut Instance, trust_id: u64, name: &str) -> bool {
    trust(server, instance, trust_id, name).trust_code.status.success
}

/// The answer to a good usage request.
fn taken(server: &Server, mut instance: Instance, path: &str) -> Value {
    trusts(server, &mut instance, 1, "valid");
    let body = instance.simple_usage(1, 1);
    ask(server, path, &body)
}

/// Status and content of a poll right after a usage request.
fn polled(
    server: &Server,
    instance: &mut Instance,
    path: &str,
    usage: &[u8],
) -> (String, Option<Acknowledgement>) {
    let answer = ask(server, path, usage);
    let poll_id = &answer["license_data"][0]["poll_id"];
    let lines = json!([{ "request_type": "POLL", "request_line_id": 1, "poll_id": poll_id }]);
    let poll = instance.body(lines);
    let line = ask(server, path, &poll)["license_data"][0].clone();
    let text = line["smart_license"].as_str().unwrap_or_default();
    let acknowledgement = match Artefact::from_smart_license(text) {
        Ok(Artefact::Acknowledgement(acknowledgement)) => Some(*acknowledgement),
        _ => None,
    };
    (line["status"].as_str().unwrap_or_default().to_owned(), acknowledgement)
}

fn hello(server: &Server, instance: &mut Instance) -> Value {
    let body = instance.body(json!([{ "request_type": "HELLO", "request_line_id": 1 }]));
    ask(server, CSLU, &body)
}

fn banner(server: &Server, path: &str) -> bool {
    let request = ServerRequest { method: "GET", path_and_query: path, headers: &[], body: b"" };
    server.answer(Listener::ProductHttps, request).body == b"This is the Smart Receiver!"
}

/// The probes that fail, by the names of their defects. Those of the classic era move the clock
/// and what accounts hold, so each gets a server of its own.
fn failing(defects: &[Defect]) -> Vec<&'static str> {
    let shared = server(defects);
    let policy = PROBES
        .iter()
        .zip(1..)
        .filter(|((_, probe), number)| !probe(&shared, Instance::new(*number)))
        .map(|((defect, _), _)| defect.name());
    let classic = classic::PROBES
        .iter()
        .filter(|(_, probe)| !probe(&server(defects), 1_000))
        .map(|(defect, _)| defect.name());
    policy.chain(classic).collect()
}

#[test]
fn the_good_server_passes_every_probe() {
    assert_eq!(failing(&[]), Vec::<&str>::new());
}

#[test]
fn each_defect_fails_its_own_probe_and_no_other() {
    assert_eq!(PROBES.len() + classic::PROBES.len(), Defect::all().count());
    for defect in Defect::all() {
        assert_eq!(failing(&[defect]), [defect.name()]);
    }
}
