//! Requests, approvals, deactivation, deletion, registration once more.

use serde_json::json;

use super::*;
use crate::classic::tests::{DAY_MS, code, good_server, listed, tag};

#[test]
fn a_requested_account_is_usable_only_after_its_registration() {
    let server = good_server();
    let account = requested(&server, "Lab");
    assert_eq!((&account["state"], &account["uid"]), (&json!("requested"), &json!(null)));
    let new = json!({ "local_account": "Lab", "virtual_account": "Default", "days": 1 });
    assert_eq!(try_control(&server, "POST", "tokens", &new.to_string()).0, 404);
    let account = change(&server, "Lab", &json!({ "action": "approve", "user": "ann" }));
    assert_eq!((&account["state"], &account["on_prem"]), (&json!("active"), &json!("Lab")));
    assert_eq!(account["virtual_accounts"][0]["name"], "Default");
    assert_eq!(account["virtual_accounts"][0]["is_default"], true);
    let ends = account["id_certificate_ends_at_ms"].as_u64().unwrap();
    assert_eq!(ends, server.now_ms() / 1000 * 1000 + 364 * DAY_MS);
    registered_in(&server, 1, "Lab", "Default");
    assert!(events(&server).iter().any(|event| {
        event.starts_with(
            "The On-Prem \"Lab\" was registered to Smart Account \"Muster Test SA\" and Virtual \
             Account \"Lab VA\" by User \"ann\" at ",
        )
    }));
}

#[test]
fn an_account_needs_all_its_fields_and_a_name_nobody_has() {
    let server = good_server();
    let request = json!({
        "name": "Lab", "smart_account": "A", "virtual_account": "B", "email": "a@example.test",
    });
    for member in ["name", "smart_account", "virtual_account", "email"] {
        let mut request = request.clone();
        request[member] = json!("");
        let (status, answer) = try_control(&server, "POST", "local-accounts", &request.to_string());
        assert_eq!(status, 400, "{answer}");
        assert!(answer["error"].as_str().unwrap().starts_with(member), "{answer}");
    }
    requested(&server, "Lab");
    let again = try_control(&server, "POST", "local-accounts", &request.to_string());
    assert_eq!(again.0, 409);
}

#[test]
fn two_accounts_cannot_have_one_pair() {
    let server = good_server();
    active(&server, "Lab");
    let request = json!({
        "name": "Other", "smart_account": "Muster Test SA", "virtual_account": "Lab VA",
        "email": "a@example.test",
    });
    control(&server, "POST", "local-accounts", &request);
    let (status, why) = refused(&server, "Other", &json!({ "action": "approve" }));
    assert_eq!((status, why.contains("\"Lab\"")), (409, true), "{why}");
    assert_eq!(account(&server, "Other")["state"], "requested");
}

#[test]
fn a_rejected_request_is_not_registered_and_can_be_made_again() {
    let server = good_server();
    requested(&server, "Lab");
    assert_eq!(refused(&server, "Lab", &json!({ "action": "reject" })).0, 400);
    let reject = json!({ "action": "reject", "reason": "no budget" });
    let account = change(&server, "Lab", &reject);
    assert_eq!((&account["state"], &account["reason"]), (&json!("rejected"), &json!("no budget")));
    assert_eq!(refused(&server, "Lab", &json!({ "action": "approve" })).0, 409);
    assert_eq!(active(&server, "Lab")["state"], "active");
}

#[test]
fn a_deactivated_account_registers_nobody_and_forgets_nothing() {
    let server = good_server();
    active(&server, "Lab");
    let mut known = registered_in(&server, 1, "Lab", "Default");
    let token = new_token(&server, "Lab", "Default");
    change(&server, "Lab", &json!({ "action": "deactivate", "reason": "moving" }));
    let mut new = Instance::new(2);
    let answer = register_with(&server, &mut new, &token);
    assert_eq!(code(&answer), "LS_ACCOUNT_NOT_REGISTERED");
    known.authorized(&server, &[(&tag("X"), 1)]);
    change(&server, "Lab", &json!({ "action": "activate", "reason": "moved" }));
    register_with(&server, &mut new, &token);
    assert!(listed(&server, &new.udi).is_some());
}

#[test]
fn an_account_is_deleted_in_the_documented_order_only() {
    let server = good_server();
    active(&server, "Lab");
    let instance = registered_in(&server, 1, "Lab", "Default");
    control(&server, "POST", "synchronize", &json!({ "local_account": "Lab" }));
    let delete = || try_control(&server, "DELETE", "local-accounts?name=Lab", "");
    assert_eq!(delete().0, 409);
    change(&server, "Lab", &json!({ "action": "deactivate", "reason": "over" }));
    assert!(delete().1["error"].as_str().unwrap().contains("1 product instances; remove"));
    let udi = instance.udi.to_string().replace(',', "%2C");
    control(&server, "DELETE", &format!("registrations?udi={udi}"), &json!({}));
    // CSSM still lists it: only a synchronization tells it.
    assert!(delete().1["error"].as_str().unwrap().contains("synchronize first"));
    control(&server, "POST", "synchronize", &json!({ "local_account": "Lab" }));
    let uid = account(&server, "Lab")["uid"].as_str().unwrap().to_owned();
    assert_eq!(delete(), (200, json!({ "deleted": true })));
    assert_eq!(account(&server, "Lab"), json!(null));
    control(&server, "DELETE", &format!("on-prems?uid={uid}"), &json!({}));
    assert_eq!(active(&server, "Lab")["state"], "active");
}

#[test]
fn only_a_deactivated_account_registers_once_more_and_its_products_stay() {
    let server = good_server();
    active(&server, "Lab");
    let mut instance = registered_in(&server, 1, "Lab", "Default");
    control(&server, "POST", "synchronize", &json!({ "local_account": "Lab" }));
    assert_eq!(refused(&server, "Lab", &json!({ "action": "re_register" })).0, 409);
    change(&server, "Lab", &json!({ "action": "deactivate", "reason": "lost at CSSM" }));
    let (status, why) = refused(&server, "Lab", &json!({ "action": "re_register" }));
    assert_eq!((status, why.contains("support")), (409, true), "{why}");
    let before = account(&server, "Lab")["uid"].as_str().unwrap().to_owned();
    control(&server, "DELETE", &format!("on-prems?uid={before}&by_support=true"), &json!({}));
    let again = change(&server, "Lab", &json!({ "action": "re_register" }));
    assert_eq!(again["state"], "active");
    assert_ne!(again["uid"], before.as_str());
    instance.authorized(&server, &[(&tag("X"), 1)]);
    // The full synchronization came by itself.
    let all = control(&server, "GET", "on-prems", &json!({}));
    let all = all["on_prems"].as_array().unwrap().clone();
    let lab = all.iter().find(|of| of["local_account"] == "Lab").unwrap();
    assert_eq!(lab["product_instances"].as_array().unwrap().len(), 1);
}

#[test]
fn without_a_network_an_approval_leaves_the_request() {
    let server = good_server();
    control(&server, "PUT", "synchronization", &json!({ "link_up": false }));
    requested(&server, "Lab");
    let (status, why) = refused(&server, "Lab", &json!({ "action": "approve" }));
    assert_eq!((status, why.as_str()), (409, "CSSM cannot be reached"));
    assert_eq!(account(&server, "Lab")["state"], "requested");
}

#[test]
fn five_hundred_accounts_are_the_limit() {
    let server = good_server();
    let mut last = 0;
    for number in 0..501 {
        let request = json!({
            "name": format!("A{number}"), "smart_account": "S", "virtual_account": "V",
            "email": "a@example.test",
        });
        last = try_control(&server, "POST", "local-accounts", &request.to_string()).0;
    }
    assert_eq!(last, 409);
    let all = control(&server, "GET", "local-accounts", &json!({}));
    assert_eq!(all["local_accounts"].as_array().unwrap().len(), 500);
}
