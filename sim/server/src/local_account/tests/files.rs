//! Registration by files, for the first time and once more.

use serde_json::json;

use super::*;
use crate::classic::tests::{code, good_server, tag};

fn file(server: &Server, resource: &str, order: &Value) -> Value {
    control(server, "POST", resource, order)
}

/// The authorization file CSSM gives for an account's registration file.
fn authorization(server: &Server, name: &str) -> Value {
    let registration = file(server, "registration-files", &json!({ "local_account": name }));
    assert!(registration["file_name"].as_str().unwrap().starts_with(name));
    file(server, "cssm-files", &json!({ "content": registration["content"] }))
}

fn upload(server: &Server, name: &str, content: &Value) -> (u16, Value) {
    let upload = json!({ "local_account": name, "content": content });
    try_control(server, "POST", "authorization-files", &upload.to_string())
}

#[test]
fn an_account_is_registered_by_a_file_and_its_answer() {
    let server = good_server();
    control(&server, "PUT", "synchronization", &json!({ "link_up": false }));
    requested(&server, "Lab");
    let answer = authorization(&server, "Lab");
    let ready = ("Authorization File Ready".to_owned(), "Minor".to_owned());
    assert!(alerts(&server).contains(&ready), "{:?}", alerts(&server));
    let (status, account) = upload(&server, "Lab", &answer["content"]);
    assert_eq!((status, &account["state"]), (200, &json!("active")), "{account}");
    assert!(!alerts(&server).contains(&ready));
    registered_in(&server, 1, "Lab", "Default");
}

#[test]
fn a_file_of_another_account_and_a_changed_one_are_refused() {
    let server = good_server();
    for name in ["Lab", "Plant"] {
        requested(&server, name);
    }
    let lab = authorization(&server, "Lab");
    let plant = authorization(&server, "Plant");
    assert_eq!(upload(&server, "Lab", &plant["content"]).0, 400);
    let changed = lab["content"].as_str().unwrap().replace("Lab VA", "Rich VA");
    assert_eq!(upload(&server, "Lab", &json!(changed)).0, 400);
    assert_eq!(upload(&server, "Lab", &json!("{")).0, 400);
    assert_eq!(upload(&server, "Lab", &lab["content"]).0, 200);
    assert_eq!(upload(&server, "Lab", &lab["content"]).0, 400);
}

#[test]
fn after_a_registration_by_file_once_more_nothing_is_reported_before_a_full_synchronization() {
    let server = good_server();
    active(&server, "Lab");
    let mut instance = registered_in(&server, 1, "Lab", "Default");
    change(&server, "Lab", &json!({ "action": "deactivate", "reason": "lost" }));
    let uid = account(&server, "Lab")["uid"].as_str().unwrap().to_owned();
    control(&server, "DELETE", &format!("on-prems?uid={uid}"), &json!({}));
    let answer = authorization(&server, "Lab");
    let (_, account) = upload(&server, "Lab", &answer["content"]);
    assert_eq!(account["state"], "unsynchronized");
    let data = instance.using(&[(&tag("X"), 1)]);
    assert_eq!(code(&instance.ask(&server, &data)), "LS_ACCOUNT_NOT_REGISTERED");
    let order = json!({ "local_account": "Lab" });
    let (status, _) = try_control(&server, "POST", "synchronize", &order.to_string());
    assert_eq!(status, 400);
    let request = file(&server, "synchronization-files", &order);
    assert!(request["content"].as_str().unwrap().contains(":sync_type: full"));
    let response = file(&server, "cssm-files", &json!({ "content": request["content"] }));
    let upload = json!({
        "local_account": "Lab",
        "file_name": response["file_name"],
        "content": response["content"],
    });
    control(&server, "PUT", "synchronization-files", &upload);
    assert_eq!(super::account(&server, "Lab")["state"], "active");
    instance.authorized(&server, &[(&tag("X"), 1)]);
}
