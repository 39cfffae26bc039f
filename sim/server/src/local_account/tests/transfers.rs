//! Transfers as an administrator makes them in the workspace.

use serde_json::json;

use super::*;
use crate::classic::tests::{good_server, held, hold, tag};
use muster_wire::EntitlementTag;
use muster_wire::classic::proposed::export_authorization::ExportAction;

const ACCOUNT: &str = "Muster Test SA";

fn transfer(server: &Server, transfer: &Value) -> (u16, Value) {
    let mut transfer = transfer.clone();
    transfer["local_account"] = json!(ACCOUNT);
    try_control(server, "POST", "transfers", &transfer.to_string())
}

fn licences(server: &Server, tag: &EntitlementTag, quantity: u32) -> (u16, Value) {
    let of = json!({ "from": "Default", "to": "My VA", "tag": tag, "quantity": quantity });
    transfer(server, &of)
}

#[test]
fn bought_licences_move_even_if_all_are_in_use_and_use_stays() {
    let server = good_server();
    let t = tag("X");
    hold(&server, "Default", &t, 5);
    hold(&server, "My VA", &t, 0);
    let mut instance = Instance::registered(&server, 1);
    instance.authorized(&server, &[(&t, 5)]);
    assert_eq!(licences(&server, &t, 6).0, 409);
    assert_eq!(licences(&server, &t, 5), (200, json!({ "transferred": 5, "notice": null })));
    let left = held(&server, "Default", &t);
    assert_eq!((&left["purchased"], &left["in_use"]), (&json!(0), &json!(5)));
    assert_eq!(left["status"], "Out Of Compliance");
    assert_eq!(held(&server, "My VA", &t)["purchased"], 5);
    let events = events(&server);
    let moved = "5 X licenses were transferred from the Virtual Account \"Default\" to the Virtual \
                 Account \"My VA\"";
    assert_eq!(events.iter().filter(|event| *event == moved).count(), 2, "{events:?}");
}

#[test]
fn nothing_moves_out_of_an_account_that_is_out_of_compliance() {
    let server = good_server();
    let t = tag("X");
    hold(&server, "Default", &t, 5);
    let mut instance = Instance::registered(&server, 1);
    instance.authorized(&server, &[(&t, 6)]);
    let (status, answer) = licences(&server, &t, 1);
    assert_eq!(status, 409);
    assert_eq!(answer["error"], "the virtual account is out of compliance");
}

/// Five restricted licences, some of them given to an instance.
fn restricted(in_use: u32) -> (Server, EntitlementTag) {
    let server = good_server();
    let t = tag("X_HSEC");
    hold(&server, "Default", &t, 5);
    hold(&server, "My VA", &t, 0);
    if in_use > 0 {
        let mut instance = Instance::registered(&server, 1);
        let data = instance.export(ExportAction::Request, &[(&t, in_use)]);
        instance.ask(&server, &data);
        control(&server, "POST", "synchronize", &json!({}));
    }
    (server, t)
}

#[test]
fn restricted_licences_move_as_far_as_they_are_available() {
    let (server, t) = restricted(0);
    assert_eq!(licences(&server, &t, 5).1["notice"], json!(null));
    let (server, t) = restricted(3);
    assert_eq!(licences(&server, &t, 3).0, 409);
    let (status, answer) = licences(&server, &t, 2);
    assert_eq!(status, 200);
    assert!(answer["notice"].as_str().unwrap().contains("cannot be transferred"));
    let (server, t) = restricted(5);
    assert_eq!(licences(&server, &t, 1).0, 409);
    assert_eq!(held(&server, "Default", &t)["status"], "In Compliance");
}

#[test]
fn an_instance_takes_its_use_along_and_its_restricted_licences_with_their_purchase() {
    let (server, hsec) = restricted(3);
    let t = tag("X");
    hold(&server, "Default", &t, 5);
    hold(&server, "My VA", &t, 0);
    let mut instance = Instance::registered(&server, 2);
    instance.authorized(&server, &[(&t, 2)]);
    let with_restricted = Instance::new(1);
    let of = |udi: String| json!({ "from": "Default", "to": "My VA", "udi": udi });
    let (status, answer) = transfer(&server, &of(instance.udi.to_string()));
    assert_eq!((status, &answer["warning"]), (200, &json!("License Shortage")), "{answer}");
    let [before, after] = ["Default", "My VA"].map(|account| held(&server, account, &t));
    assert_eq!((&before["in_use"], &before["purchased"]), (&json!(0), &json!(5)));
    assert_eq!((&after["in_use"], &after["purchased"]), (&json!(2), &json!(0)));
    assert_eq!(after["status"], "Out Of Compliance");
    let (status, answer) = transfer(&server, &of(with_restricted.udi.to_string()));
    assert_eq!(status, 200, "{answer}");
    assert!(answer["notice"].as_str().unwrap().contains("will continue after"));
    let [before, after] = ["Default", "My VA"].map(|account| held(&server, account, &hsec));
    assert_eq!((&before["reserved"], &before["purchased"]), (&json!(0), &json!(2)));
    assert_eq!((&after["reserved"], &after["purchased"]), (&json!(3), &json!(3)));
    assert_eq!(after["status"], "In Compliance");
    assert_eq!(transfer(&server, &of(instance.udi.to_string())).0, 409);
}

#[test]
fn transfers_never_cross_local_accounts() {
    let server = good_server();
    active(&server, "Lab");
    let t = tag("X");
    hold(&server, "Default", &t, 5);
    let of = json!({
        "local_account": "Lab", "from": "Default", "to": "My VA", "tag": t, "quantity": 1,
    });
    assert_eq!(try_control(&server, "POST", "transfers", &of.to_string()).0, 404);
}
