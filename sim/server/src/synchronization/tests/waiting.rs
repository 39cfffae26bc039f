//! Results that wait for a synchronization: export-controlled licences, conversions, and
//! authorization codes.

use muster_wire::PollId;
use muster_wire::classic::ClassicStatus;
use muster_wire::classic::MessageType;
use muster_wire::classic::proposed::export_authorization::ExportAction;
use serde_json::json;

use super::*;
use crate::classic::tests::{DAY_MS, HOUR_MS, Instance, good_server, poll_id, tag};
use crate::local_account::tests::{active, alerts, change, registered_in};

fn asked(server: &Server, instance: &mut Instance, tag: &EntitlementTag) -> PollId {
    let data = instance.export(ExportAction::Request, &[(tag, 1)]);
    poll_id(&instance.ask(server, &data))
}

fn polled(server: &Server, instance: &mut Instance, poll_id: PollId) -> ClassicStatus {
    let data = instance.poll(poll_id, MessageType::ExportAuthorization);
    instance.ask(server, &data).status
}

fn has_alert(server: &Server, topic: &str) -> bool {
    alerts(server).iter().any(|(known, _)| known == topic)
}

#[test]
fn where_results_wait_only_a_synchronization_decides_them() {
    let server = good_server();
    active(&server, "Lab");
    change(&server, "Lab", &json!({ "scheduled": false }));
    set(&server, &json!({ "results_wait": true }));
    let mut instance = registered_in(&server, 1, "Lab", "Default");
    let t = tag("X_HSEC");
    bought(&server, "Lab", &t, 1);
    let poll_id = asked(&server, &mut instance, &t);
    assert!(has_alert(&server, "Export Control Authorization Pending"));
    assert!(has_alert(&server, "Synchronization Required"));
    for _ in 0..3 {
        server.advance_clock(HOUR_MS);
        assert_eq!(polled(&server, &mut instance, poll_id), ClassicStatus::OkPoll);
    }
    let done = synchronized(&server, "Lab", "standard");
    assert_eq!((&done["entitlements"], &done["decided_requests"]), (&json!(1), &json!(1)));
    assert_eq!(polled(&server, &mut instance, poll_id), ClassicStatus::Complete);
    assert!(!has_alert(&server, "Export Control Authorization Pending"));
    assert!(!has_alert(&server, "Synchronization Required"));
}

#[test]
fn without_a_link_results_wait_for_files() {
    let server = good_server();
    active(&server, "Lab");
    let t = tag("X_HSEC");
    bought(&server, "Lab", &t, 1);
    synchronized(&server, "Lab", "standard");
    let mut instance = registered_in(&server, 1, "Lab", "Default");
    set(&server, &json!({ "link_up": false }));
    let poll_id = asked(&server, &mut instance, &t);
    server.advance_clock(DAY_MS);
    assert_eq!(polled(&server, &mut instance, poll_id), ClassicStatus::OkPoll);
    let order = json!({ "local_account": "Lab" });
    let request = control(&server, "POST", "synchronization-files", &order);
    let response =
        control(&server, "POST", "cssm-files", &json!({ "content": request["content"] }));
    assert_eq!(polled(&server, &mut instance, poll_id), ClassicStatus::OkPoll);
    let upload = json!({
        "local_account": "Lab",
        "file_name": response["file_name"],
        "content": response["content"],
    });
    let done = control(&server, "PUT", "synchronization-files", &upload);
    assert_eq!(done["synchronized"]["decided_requests"], 1);
    assert_eq!(polled(&server, &mut instance, poll_id), ClassicStatus::Complete);
}

#[test]
fn a_link_that_breaks_keeps_back_what_was_to_come() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let poll_id = asked(&server, &mut instance, &tag("X_HSEC"));
    set(&server, &json!({ "link_up": false }));
    server.advance_clock(HOUR_MS);
    assert_eq!(polled(&server, &mut instance, poll_id), ClassicStatus::OkPoll);
    set(&server, &json!({ "link_up": true }));
    assert_eq!(polled(&server, &mut instance, poll_id), ClassicStatus::OkPoll);
    synchronized(&server, "Muster Test SA", "standard");
    assert_eq!(polled(&server, &mut instance, poll_id), ClassicStatus::Complete);
}
