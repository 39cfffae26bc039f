//! Authorization codes and acknowledgements that wait for a synchronization.

use muster_wire::LineStatus;

use super::authorization::{HSEC, request, trusting};
use super::*;

fn control(server: &Server, method: &str, resource: &str, body: &Value) -> Value {
    let (path_and_query, body) = (&format!("/muster/control/{resource}"), body.to_string());
    let body = body.as_bytes();
    let request = ServerRequest { method, path_and_query, headers: &[], body };
    let answer = server.answer(Listener::Admin, request);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

fn set(server: &Server, change: &Value) {
    control(server, "PUT", "synchronization", change);
}

fn asked(server: &Server, instance: &mut Instance) -> PollId {
    line(&post(server, CSLU, &request(instance, HSEC, 1))).poll_id.unwrap()
}

#[test]
fn a_code_comes_with_the_next_synchronization_only() {
    let server = good_server();
    set(&server, &json!({ "results_wait": true }));
    let mut instance = trusting(&server, 1);
    let poll_id = asked(&server, &mut instance);
    server.advance_clock(86_400_000);
    assert_eq!(instance.poll(&server, CSLU, poll_id).status, LineStatus::OkPoll);
    control(&server, "POST", "synchronize", &json!({}));
    assert_eq!(instance.poll(&server, CSLU, poll_id).status, LineStatus::Complete);
}

#[test]
fn a_refreshed_trust_comes_with_the_next_synchronization_or_the_next_answers() {
    let server = good_server();
    set(&server, &json!({ "results_wait": true }));
    let mut instance = trusting(&server, 1);
    let refreshed = |instance: &mut Instance, id| {
        instance.now_ms = server.now_ms();
        let body = instance.trust_body(id, None);
        let poll_id = line(&post(&server, CSLU, &body)).poll_id.unwrap();
        server.advance_clock(86_400_000);
        assert_eq!(instance.poll(&server, CSLU, poll_id).status, LineStatus::OkPoll);
        poll_id
    };
    let poll_id = refreshed(&mut instance, 2);
    control(&server, "POST", "synchronize", &json!({}));
    assert_eq!(trust_code(&instance.poll(&server, CSLU, poll_id)).trust_id.unwrap().0, 2);
    set(&server, &json!({ "link_up": false }));
    let poll_id = refreshed(&mut instance, 3);
    asked(&server, &mut instance);
    let order = json!({ "local_account": "Muster Test SA" });
    let export = control(&server, "POST", "cslu-files", &order);
    assert_eq!(export["files"], 1);
    let answer = control(&server, "POST", "upload", &json!({ "file": export["file"] }));
    let import = json!({ "local_account": "Muster Test SA", "file": answer["file"] });
    control(&server, "PUT", "cslu-files", &import);
    assert_eq!(trust_code(&instance.poll(&server, CSLU, poll_id)).trust_id.unwrap().0, 3);
}

#[test]
fn the_instant_toggle_asks_cssm_at_once_while_it_can_be_reached() {
    let server = good_server();
    set(&server, &json!({ "results_wait": true }));
    put_settings(&server, &json!({ "instant_authorization": true }));
    let mut instance = trusting(&server, 1);
    let poll_id = asked(&server, &mut instance);
    assert_eq!(instance.poll(&server, CSLU, poll_id).status, LineStatus::Complete);
    set(&server, &json!({ "link_up": false }));
    let mut other = trusting(&server, 2);
    let poll_id = asked(&server, &mut other);
    assert_eq!(other.poll(&server, CSLU, poll_id).status, LineStatus::OkPoll);
    set(&server, &json!({ "link_up": true }));
    assert_eq!(other.poll(&server, CSLU, poll_id).status, LineStatus::OkPoll);
    control(&server, "POST", "synchronize", &json!({}));
    assert_eq!(other.poll(&server, CSLU, poll_id).status, LineStatus::Complete);
}

#[test]
fn without_a_link_a_bundle_carries_usage_and_requests_and_brings_the_answers() {
    let server = good_server();
    set(&server, &json!({ "link_up": false, "results_wait": true }));
    let mut instance = trusting(&server, 1);
    let usage = instance.simple_usage(1, 500);
    let reported = line(&post(&server, CSLU, &usage)).poll_id.unwrap();
    let wanted = asked(&server, &mut instance);
    for poll_id in [reported, wanted] {
        assert_eq!(instance.poll(&server, CSLU, poll_id).status, LineStatus::OkPoll);
    }
    let order = json!({ "local_account": "Muster Test SA" });
    let export = control(&server, "POST", "cslu-files", &order);
    assert_eq!(export["files"], 2);
    assert!(export["file_name"].as_str().unwrap().starts_with("UD_SA_"));
    let answer = control(&server, "POST", "upload", &json!({ "file": export["file"] }));
    let import = json!({ "local_account": "Muster Test SA", "file": answer["file"] });
    let imported = control(&server, "PUT", "cslu-files", &import);
    assert_eq!(imported, json!({ "imported": 2, "passed_over": 0 }));
    for poll_id in [reported, wanted] {
        assert_eq!(instance.poll(&server, CSLU, poll_id).status, LineStatus::Complete);
    }
    assert_eq!(control(&server, "PUT", "cslu-files", &import)["imported"], 0);
}
