//! A server of the policy era that is killed and comes back: nothing it acknowledged is lost, and
//! nothing counts twice.

use muster_wire::LineStatus;

use super::authorization::{authorized, hold, request, trusting};
use super::*;
use crate::state::tests::{after_a_kill, options, server_in};

#[test]
fn trust_reports_and_promises_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_in(folder.path(), options()).unwrap();
    let mut instance = Instance::new(1);
    let trust = instance.trust(&server, 1, "valid");
    let usage = instance.simple_usage(1, 500);
    let promised = line(&post(&server, CSLU, &usage)).poll_id.unwrap();
    let refresh = instance.trust_body(2, None);
    let refreshed = line(&post(&server, CSLU, &refresh)).poll_id.unwrap();
    let (again, _) = after_a_kill(&server, folder.path());
    // The same request is still the same one, and its nonce is used up for others.
    assert_eq!(line(&post(&again, CSLU, &usage)).poll_id, Some(promised));
    let nonce = decoded(&post(&again, CSLU, &usage)).sender_info.unwrap().nonce;
    let hello = json!([{ "request_type": "HELLO", "request_line_id": 1 }]);
    let replayed = instance.body_with_nonce(nonce.as_str(), hello);
    assert_eq!(code(&post(&again, CSLU, &replayed)), "NONCE_REPLAYED");
    let stale = instance.trust(&again, 2, "valid");
    assert_eq!(stale.status.code.as_deref(), Some("OLD_TRUST_ID"));
    again.advance_clock(60_000);
    let acknowledged = instance.poll(&again, CSLU, promised);
    assert_eq!(acknowledgement(&acknowledged).data.acks[0].report_id.0, 500);
    let renewed = trust_code(&instance.poll(&again, CSLU, refreshed));
    assert_eq!((renewed.trust_id.unwrap().0, trust.trust_id.unwrap().0), (2, 1));
    let body = instance.simple_usage(2, 501);
    assert_eq!(line(&post(&again, CSLU, &body)).status, LineStatus::OkPoll);
    let store = again.0.store();
    assert_eq!(store.instance(&instance.udi).unwrap().record.as_ref().unwrap().reports_taken, 2);
}

#[test]
fn authorization_codes_and_what_they_reserve_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_in(folder.path(), options()).unwrap();
    hold(&server, "Default", 3);
    let mut first = trusting(&server, 1);
    let given = authorized(&server, &mut first, 2);
    let mut second = trusting(&server, 2);
    let body = request(&mut second, super::authorization::HSEC, 2);
    let waiting = line(&post(&server, RECEIVER, &body)).poll_id.unwrap();
    let (again, _) = after_a_kill(&server, folder.path());
    assert_eq!(authorized(&again, &mut first, 2).code.licenses, given.code.licenses);
    // One is left of three, and that is still known.
    let refused = second.poll(&again, RECEIVER, waiting);
    let refused = super::authorization::code_of(&refused);
    assert_eq!(refused.code.status.code.as_deref(), Some("LICENSE_NOT_AVAILABLE"));
}

#[test]
fn a_decision_that_fell_on_a_poll_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_in(folder.path(), options()).unwrap();
    let mut instance = Instance::new(1);
    instance.trust(&server, 1, "valid");
    let body = instance.simple_usage(1, 500);
    let promised = line(&post(&server, RECEIVER, &body)).poll_id.unwrap();
    // The first poll decides that the policy comes with this acknowledgement.
    let first = instance.poll(&server, RECEIVER, promised);
    assert!(!acknowledgement(&first).policies.is_empty());
    let (again, _) = after_a_kill(&server, folder.path());
    assert_eq!(instance.poll(&again, RECEIVER, promised), first);
}

#[test]
fn settings_and_faults_to_come_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_in(folder.path(), options()).unwrap();
    put_settings(&server, &json!({ "acknowledge_after_ms": 7, "bad_gateway_next": 2 }));
    let mut instance = Instance::new(1);
    let body = instance.trust_body(1, token("valid"));
    assert_eq!(post(&server, RECEIVER, &body).status, 502);
    let (again, _) = after_a_kill(&server, folder.path());
    assert_eq!(again.0.store().settings.acknowledge_after_ms, 7);
    let statuses = [(); 2].map(|()| post(&again, RECEIVER, &body).status);
    assert_eq!(statuses, [502, 200]);
}
