//! Usage: whose reports are taken, what is counted, and what is refused as a whole.

use muster_wire::LineStatus;
use serde_json::json;

use super::*;
use crate::Limits;

fn trusted(server: &Server, number: u64) -> Instance {
    let mut instance = Instance::new(number);
    assert!(instance.trust(server, 1, "valid").status.success);
    instance
}

/// What the control API lists about the only product instance.
fn listed(server: &Server) -> Value {
    let request = ServerRequest {
        method: "GET",
        path_and_query: "/muster/control/product-instances",
        headers: &[],
        body: b"",
    };
    let body = server.answer(Listener::Admin, request).body;
    let mut listed: Value = serde_json::from_slice(&body).unwrap();
    listed["product_instances"][0].take()
}

#[test]
fn a_signed_report_is_taken_counted_and_acknowledged() {
    let server = good_server();
    let mut instance = trusted(&server, 1);
    let body = instance.simple_usage(1, 500);
    let deferred = line(&post(&server, CSLU, &body));
    assert_eq!((deferred.status, deferred.smart_license), (LineStatus::OkPoll, None));
    assert!(deferred.poll_interval.unwrap().abs_diff(86_400) <= 1_500);
    let record = listed(&server)["record"].take();
    assert_eq!(record["in_use"][LICENCE], 2);
    server.advance_clock(60_000);
    let line = instance.poll(&server, CSLU, deferred.poll_id.unwrap());
    let acknowledgement = acknowledgement(&line);
    let acknowledged = &acknowledgement.data.acks[0];
    assert_eq!((acknowledged.report_id.0, acknowledged.status.as_str()), (500, "ACKED"));
    assert_eq!(acknowledgement.policies[0].terms.name, "Muster Test Policy");
}

#[test]
fn the_same_report_counts_once_and_a_changed_one_not_at_all() {
    let server = good_server();
    let mut instance = trusted(&server, 1);
    let first = instance.simple_usage(1, 500);
    let poll_id = line(&post(&server, CSLU, &first)).poll_id;
    assert_eq!(line(&post(&server, CSLU, &first)).poll_id, poll_id);
    let again = instance.simple_usage(1, 500);
    assert_eq!(line(&post(&server, CSLU, &again)).status, LineStatus::OkPoll);
    let changed = instance.report(1, &instance.payload(500, LICENCE, 9));
    let fresh = instance.report(1, &instance.payload(501, LICENCE, 9));
    let body = instance.usage_body(vec![fresh, changed]);
    assert_eq!(code(&post(&server, CSLU, &body)), "ERROR Consuming licenses");
    let record = listed(&server)["record"].take();
    assert_eq!((&record["reports_taken"], &record["in_use"][LICENCE]), (&json!(1), &json!(2)));
}

#[test]
fn an_edited_or_foreign_report_is_refused() {
    let server = good_server();
    let mut instance = trusted(&server, 1);
    let mut edited = instance.report(1, &instance.payload(500, LICENCE, 2));
    edited.payload = edited.payload.replace("\"2\"", "\"1\"");
    let mut unsigned = instance.report(1, &instance.payload(500, LICENCE, 2));
    unsigned.signature.value = "?".to_owned();
    for report in [edited, unsigned] {
        let body = instance.usage_body(vec![report]);
        assert_eq!(code(&post(&server, CSLU, &body)), "INVALID_SIGNATURE");
    }
    let foreign = instance.report(1, &Instance::new(2).payload(500, LICENCE, 2));
    let body = instance.usage_body(vec![foreign]);
    assert_eq!(code(&post(&server, CSLU, &body)), "UDI_MISMATCH");
    assert_eq!(listed(&server)["record"], Value::Null);
}

#[test]
fn usage_needs_the_trust_in_force() {
    let server = good_server();
    let mut stranger = Instance::new(1);
    let body = stranger.simple_usage(1, 500);
    assert_eq!(code(&post(&server, CSLU, &body)), "INVALID_TRUST");
    let mut instance = trusted(&server, 2);
    let body = instance.simple_usage(2, 500);
    assert_eq!(code(&post(&server, CSLU, &body)), "INVALID_TRUST");
    let mut builtin = instance.report(1, &instance.payload(500, LICENCE, 2));
    builtin.signature.signing_type = "builtin".to_owned();
    let body = instance.usage_body(vec![builtin]);
    assert_eq!(code(&post(&server, CSLU, &body)), "INVALID_TRUST");
}

#[test]
fn an_old_trust_id_stops_usage_until_a_newer_one() {
    let server = good_server();
    let mut instance = trusted(&server, 1);
    assert!(!instance.trust(&server, 1, "valid").status.success);
    let body = instance.simple_usage(1, 500);
    assert_eq!(code(&post(&server, RECEIVER, &body)), "INVALID_TRUST");
    assert!(instance.trust(&server, 2, "valid").status.success);
    let body = instance.simple_usage(2, 500);
    assert_eq!(line(&post(&server, RECEIVER, &body)).status, LineStatus::OkPoll);
}

#[test]
fn a_record_elsewhere_conflicts_until_it_is_removed() {
    let server = good_server();
    let mut instance = trusted(&server, 1);
    let body = instance.simple_usage(1, 500);
    assert_eq!(line(&post(&server, CSLU, &body)).status, LineStatus::OkPoll);
    let body = instance.simple_usage(1, 501);
    let refused = post(&server, CSLU_OTHER, &body);
    assert_eq!((refused.status, code(&refused).as_str()), (200, "ERROR Consuming licenses"));
    assert_eq!(decoded(&refused).message.as_deref(), Some(""));
    assert_eq!(listed(&server)["record"]["virtual_account"], "Default");
    assert!(server.remove_product_instance(&instance.udi));
    assert!(!server.remove_product_instance(&instance.udi));
    assert_eq!(line(&post(&server, CSLU_OTHER, &body)).status, LineStatus::OkPoll);
    assert_eq!(listed(&server)["record"]["virtual_account"], "My VA");
    assert_eq!(listed(&server)["record"]["reports_taken"], 1);
}

#[test]
fn validate_device_lets_only_known_instances_report() {
    let server = good_server();
    let mut instance = trusted(&server, 1);
    let body = instance.simple_usage(1, 500);
    let refused = post(&server, CSLU_VALIDATING, &body);
    assert_eq!((refused.status, code(&refused).as_str()), (404, "HOST_NOT_FOUND"));
    assert_eq!(decoded(&refused).message.as_deref(), Some("Device Host is not found"));
    put_settings(&server, &json!({"tenants": {"Validated-1": {"validate_device": false}}}));
    assert_eq!(line(&post(&server, CSLU_VALIDATING, &body)).status, LineStatus::OkPoll);
    put_settings(&server, &json!({"tenants": {"Validated-1": {"validate_device": true}}}));
    let body = instance.simple_usage(1, 501);
    assert_eq!(line(&post(&server, CSLU_VALIDATING, &body)).status, LineStatus::OkPoll);
}

#[test]
fn a_report_for_a_licence_nobody_has_is_rejected_alone() {
    let server = good_server();
    let mut instance = trusted(&server, 1);
    let nobodys = LICENCE.replace("MUSTER", "UNKNOWN");
    let tags = [LICENCE, nobodys.as_str(), "malformed"];
    let reports =
        tags.iter().zip(500..).map(|(tag, id)| instance.report(1, &instance.payload(id, tag, 1)));
    let reports = reports.collect();
    let body = instance.usage_body(reports);
    let poll_id = line(&post(&server, RECEIVER, &body)).poll_id.unwrap();
    let acknowledgement = acknowledgement(&instance.poll(&server, RECEIVER, poll_id));
    let status = |at: usize| acknowledgement.data.acks[at].status.as_str();
    assert_eq!([status(0), status(1), status(2)], ["ACKED", "REJECTED", "REJECTED"]);
    assert!(!acknowledgement.data.acks[1].message.is_empty());
    assert_eq!(listed(&server)["record"]["in_use"], json!({ LICENCE: 1 }));
}

#[test]
fn too_many_reports_and_too_long_tags_are_refused() {
    // So many reports are over the usual limit of a body.
    let limits = Limits { body_bytes_max: 8 * 1024 * 1024, ..Limits::default() };
    let options = ServerOptions { seed: SEED, limits, ..ServerOptions::default() };
    let server = Server::new(options, ClockSource::Manual { start_ms: START_MS }).unwrap();
    let mut instance = trusted(&server, 1);
    let report = instance.report(1, &instance.payload(500, LICENCE, 1));
    let body = instance.usage_body(vec![report; 1_001]);
    assert_eq!(code(&post(&server, CSLU, &body)), "INVALID_REQUEST");
    let long = LICENCE.replace("MUSTER", &"M".repeat(300));
    let report = instance.report(1, &instance.payload(500, &long, 1));
    let body = instance.usage_body(vec![report]);
    assert_eq!(code(&post(&server, CSLU, &body)), "INVALID_REQUEST");
}

#[test]
fn a_reused_nonce_is_refused_for_another_request() {
    let server = good_server();
    let instance = trusted(&server, 1);
    let hello = |line: u64| {
        let lines = json!([{ "request_type": "HELLO", "request_line_id": line }]);
        instance.body_with_nonce("same", lines)
    };
    assert_eq!(line(&post(&server, CSLU, &hello(1))).status, LineStatus::Complete);
    assert_eq!(line(&post(&server, CSLU, &hello(1))).status, LineStatus::Complete);
    let refused = post(&server, CSLU, &hello(2));
    assert_eq!(code(&refused), "NONCE_REPLAYED");
    assert_eq!(decoded(&refused).nonce().unwrap().as_str(), "same");
    // Another instance may use the same number.
    let lines = json!([{ "request_type": "HELLO", "request_line_id": 2 }]);
    let other = Instance::new(2).body_with_nonce("same", lines);
    assert_eq!(line(&post(&server, CSLU, &other)).status, LineStatus::Complete);
}
