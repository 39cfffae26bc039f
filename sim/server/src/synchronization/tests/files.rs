//! Synchronization by files, and every way a file can be wrong.

use serde_json::json;

use super::*;
use crate::classic::tests::{DAY_MS, good_server, tag};
use crate::local_account::tests::{account, active, registered_in};

fn request(server: &Server, name: &str) -> Value {
    control(server, "POST", "synchronization-files", &json!({ "local_account": name }))
}

fn response(server: &Server, request: &Value) -> Value {
    control(server, "POST", "cssm-files", &json!({ "content": request["content"] }))
}

fn upload(server: &Server, name: &str, file_name: &str, content: &str) -> (u16, Value) {
    let upload = json!({ "local_account": name, "file_name": file_name, "content": content });
    try_control(server, "PUT", "synchronization-files", &upload.to_string())
}

/// An account with a response that was not uploaded yet.
fn answered() -> (Server, String) {
    let server = good_server();
    active(&server, "Lab");
    registered_in(&server, 1, "Lab", "Default");
    bought(&server, "Lab", &tag("X"), 7);
    let request = request(&server, "Lab");
    let response = response(&server, &request);
    (server, response["content"].as_str().unwrap().to_owned())
}

#[test]
fn a_request_and_its_response_bring_both_sides_up_to_date_without_a_network() {
    let server = good_server();
    active(&server, "Lab");
    set(&server, &json!({ "link_up": false }));
    registered_in(&server, 1, "Lab", "Default");
    bought(&server, "Lab", &tag("X"), 7);
    let request = request(&server, "Lab");
    let name = request["file_name"].as_str().unwrap();
    assert!(name.starts_with("Lab_") && name.ends_with(".yml"), "{name}");
    let response = response(&server, &request);
    assert_eq!(purchased(&server, "Lab", "Default", &tag("X")), 0);
    let content = response["content"].as_str().unwrap();
    let (status, done) = upload(&server, "Lab", "a.yml", content);
    assert_eq!((status, &done["synchronized"]["entitlements"]), (200, &json!(1)), "{done}");
    assert_eq!(purchased(&server, "Lab", "Default", &tag("X")), 7);
    assert_eq!(at_cssm(&server, "Lab")["product_instances"].as_array().unwrap().len(), 1);
    let ends = account(&server, "Lab")["id_certificate_ends_at_ms"].as_u64().unwrap();
    assert_eq!(ends, server.now_ms() / 1000 * 1000 + 364 * DAY_MS);
}

#[test]
fn a_request_looks_as_documented() {
    let server = good_server();
    active(&server, "Lab");
    registered_in(&server, 1, "Lab", "Default");
    let request = request(&server, "Lab");
    let text = request["content"].as_str().unwrap();
    let shown = text.split(":certificates:").next().unwrap();
    insta::assert_snapshot!(shown);
}

#[test]
fn every_wrong_response_is_refused_in_its_words() {
    let (server, good) = answered();
    active(&server, "Plant");
    let plant_request = request(&server, "Plant");
    let other = response(&server, &plant_request)["content"].as_str().unwrap().to_owned();
    let id_of_other = certificate(&other, ":id_cert: ");
    let id = certificate(&good, ":id_cert: ");
    let signing = certificate(&good, ":signing_cert: ");
    let without = good.replace(&id, "\"\"");
    for (file_name, content, text) in [
        (
            "a.yaml",
            good.clone(),
            "The file you selected is not a valid synchronization response \
            file. It must be in YAML format with the file extension \".yml\".",
        ),
        (
            "a.yml",
            "{".to_owned(),
            "The file you selected is not a valid synchronization response \
            file. It must be in YAML",
        ),
        (
            "a.yml",
            good.replace(":sync_id:", ":sync_number:"),
            "The file you selected is not a \
            valid synchronization response file. It might be corrupted",
        ),
        (
            "a.yml",
            without,
            "The file you selected is not a valid synchronization response file. \
            Certificates are missing",
        ),
        ("a.yml", other, "Please ensure the file being uploaded corresponds to this On-Prem."),
        (
            "a.yml",
            good.replace(&signing, &id),
            "Invalid Signing Certificate. The file you \
            uploaded",
        ),
        ("a.yml", good.replace(&id, &id_of_other), "Invalid ID Certificate. The file you uploaded"),
        (
            "a.yml",
            good.replace(":quantity: 7", ":quantity: 70"),
            "The file you selected is not a \
            valid synchronization response file. It appears to have been modified",
        ),
    ] {
        let (status, answer) = upload(&server, "Lab", file_name, &content);
        let why = answer["error"].as_str().unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(status == 422 && why.starts_with(&text), "expected {text}\n   found {why}");
        assert_eq!(purchased(&server, "Lab", "Default", &tag("X")), 0);
    }
    assert_eq!(upload(&server, "Lab", "a.yml", &good).0, 200);
    let (status, answer) = upload(&server, "Lab", "a.yml", &good);
    let why = answer["error"].as_str().unwrap();
    assert!(status == 422 && why.contains("has already been processed"), "{why}");
}

/// The text of a certificate in a file.
fn certificate(content: &str, key: &str) -> String {
    let (_, rest) = content.split_once(key).unwrap();
    rest.lines().next().unwrap().to_owned()
}

#[test]
fn a_certificate_of_the_future_and_one_that_ended_are_told_apart() {
    let (server, good) = answered();
    let now_ms = server.now_ms();
    server.set_clock_ms(now_ms - 2 * DAY_MS);
    let (_, answer) = upload(&server, "Lab", "a.yml", &good);
    let why = answer["error"].as_str().unwrap();
    assert!(why.starts_with("Invalid Certificate timestamp."), "{why}");
    server.set_clock_ms(now_ms + 364 * DAY_MS + 1_000);
    let (_, answer) = upload(&server, "Lab", "a.yml", &good);
    let why = answer["error"].as_str().unwrap();
    assert!(why.contains("Please do a full synchronization"), "{why}");
}

#[test]
fn cssm_refuses_what_is_no_file_of_an_on_prem() {
    let (server, good) = answered();
    let request = request(&server, "Lab")["content"].as_str().unwrap().to_owned();
    let changed = request.replace(":sync_type: standard", ":sync_type: full");
    for content in ["", "{", ":type: request\n", good.as_str(), changed.as_str()] {
        let upload = json!({ "content": content }).to_string();
        let (status, answer) = try_control(&server, "POST", "cssm-files", &upload);
        assert_eq!(status, 422, "{answer}");
        let why = "The file being processed for this On-Prem is invalid.";
        assert_eq!(answer["error"], why);
    }
}

#[test]
fn after_a_restore_a_standard_file_is_answered_with_the_wish_for_a_full_one() {
    let server = good_server();
    active(&server, "Lab");
    control(&server, "POST", "backups", &json!({ "name": "before" }));
    synchronized(&server, "Lab", "standard");
    control(&server, "POST", "restore", &json!({ "name": "before" }));
    let first = request(&server, "Lab");
    let answer = response(&server, &first);
    let (status, done) = upload(&server, "Lab", "a.yml", answer["content"].as_str().unwrap());
    assert_eq!((status, &done["full_synchronization_required"]), (200, &json!(true)));
    let second = request(&server, "Lab");
    assert!(second["content"].as_str().unwrap().contains(":sync_type: full"));
    let answer = response(&server, &second);
    let (status, done) = upload(&server, "Lab", "a.yml", answer["content"].as_str().unwrap());
    assert_eq!((status, &done["synchronized"]["type"]), (200, &json!("full")));
}
