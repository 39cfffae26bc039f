//! Schedules, and accounts that are not synchronized for too long.

use serde_json::json;

use super::*;
use crate::classic::tests::{DAY_MS, HOUR_MS, Instance, code, good_server, tag};
use crate::local_account::tests::{
    account, active, alerts, change, new_token, register_with, registered_in,
};

fn has_alert(server: &Server, topic: &str, severity: &str) -> bool {
    alerts(server).contains(&(topic.to_owned(), severity.to_owned()))
}

#[test]
fn an_account_synchronizes_by_itself_30_days_after_the_last_time() {
    let server = good_server();
    active(&server, "Lab");
    let started = server.now_ms();
    server.advance_clock(10 * DAY_MS);
    synchronized(&server, "Lab", "standard");
    let last = || account(&server, "Lab")["last_synchronization_ms"].as_u64().unwrap();
    assert_eq!(last(), started + 10 * DAY_MS);
    server.advance_clock(30 * DAY_MS - 1);
    assert_eq!(last(), started + 10 * DAY_MS);
    server.advance_clock(1);
    assert_eq!(last(), started + 40 * DAY_MS);
    // Whoever looks after years finds an account that did what was due.
    server.advance_clock(1_000 * DAY_MS);
    assert_eq!(last(), started + (40 + 990) * DAY_MS);
    assert_eq!(account(&server, "Lab")["synchronization_age"], "fresh");
}

#[test]
fn a_schedule_is_set_for_all_and_switched_off_for_one() {
    let server = good_server();
    active(&server, "Lab");
    active(&server, "Plant");
    change(&server, "Plant", &json!({ "scheduled": false }));
    let schedule = json!({ "enabled": true, "frequency": "daily", "hour": 3, "minute": 30 });
    set(&server, &json!({ "schedule": schedule }));
    let before = account(&server, "Plant")["last_synchronization_ms"].clone();
    server.advance_clock(DAY_MS);
    // The tests begin at 20:26:40.
    let last = account(&server, "Lab")["last_synchronization_ms"].as_u64().unwrap();
    assert_eq!(last % DAY_MS, 3 * HOUR_MS + HOUR_MS / 2);
    assert_eq!(account(&server, "Plant")["last_synchronization_ms"], before);
    assert_eq!(account(&server, "Plant")["next_synchronization_ms"], json!(null));
    let late = json!({ "schedule": { "enabled": true, "frequency": "daily", "hour": 24 } });
    assert_eq!(try_control(&server, "PUT", "synchronization", &late.to_string()).0, 400);
}

#[test]
fn an_account_that_is_not_synchronized_is_warned_of_and_dies_after_a_year() {
    let server = good_server();
    active(&server, "Lab");
    let mut instance = registered_in(&server, 1, "Lab", "Default");
    let token = new_token(&server, "Lab", "Default");
    change(&server, "Lab", &json!({ "scheduled": false }));
    server.advance_clock(29 * DAY_MS);
    assert!(!has_alert(&server, "Synchronization Overdue", "Minor"));
    server.advance_clock(DAY_MS);
    assert!(has_alert(&server, "Synchronization Overdue", "Minor"));
    server.advance_clock(59 * DAY_MS);
    let all = control(&server, "GET", "alerts", &json!({}));
    let all = all["alerts"].as_array().unwrap().clone();
    let of = all.iter().find(|of| of["type"] == "Synchronization Overdue").unwrap();
    assert_eq!(
        of["message"],
        "Synchronization Overdue: local Account has not synchronized in 89 days."
    );
    server.advance_clock(DAY_MS);
    assert!(has_alert(&server, "Synchronization Overdue", "Major"));
    instance.authorized(&server, &[(&tag("X"), 1)]);
    server.advance_clock(275 * DAY_MS);
    assert!(has_alert(&server, "Re-registration Required", "Major"));
    assert!(!has_alert(&server, "Synchronization Overdue", "Major"));
    let (status, why) = refused(&server, "Lab");
    assert!(status == 409 && why.contains("delete it"), "{why}");
    let order = json!({ "local_account": "Lab" });
    let file = try_control(&server, "POST", "synchronization-files", &order.to_string());
    assert_eq!(file.0, 409);
    let data = instance.heartbeat();
    assert_eq!(code(&instance.ask(&server, &data)), "LS_ACCOUNT_NOT_REGISTERED");
    let mut new = Instance::new(2);
    assert_eq!(code(&register_with(&server, &mut new, &token)), "LS_TOKEN_EXPIRED");
    // CSSM still has it, and other accounts are as they were.
    assert_ne!(at_cssm(&server, "Lab"), json!(null));
    synchronized(&server, "Muster Test SA", "standard");
    let mut other = Instance::new(3);
    other.now_ms = server.now_ms();
    other.registers(&server, "valid");
}

#[test]
fn a_dead_account_is_deleted_with_its_products_and_registered_anew() {
    let server = good_server();
    active(&server, "Lab");
    registered_in(&server, 1, "Lab", "Default");
    synchronized(&server, "Lab", "standard");
    change(&server, "Lab", &json!({ "scheduled": false }));
    server.advance_clock(365 * DAY_MS);
    change(&server, "Lab", &json!({ "action": "deactivate", "reason": "dead" }));
    let again = json!({ "name": "Lab", "action": "re_register" });
    assert_eq!(try_control(&server, "PUT", "local-accounts", &again.to_string()).0, 409);
    let uid = account(&server, "Lab")["uid"].as_str().unwrap().to_owned();
    control(&server, "DELETE", "local-accounts?name=Lab", &json!({}));
    control(&server, "DELETE", &format!("on-prems?uid={uid}&by_support=true"), &json!({}));
    active(&server, "Lab");
    registered_in(&server, 1, "Lab", "Default");
}

#[test]
fn a_cssm_that_is_set_to_removes_an_on_prem_after_90_days() {
    let server = good_server();
    active(&server, "Lab");
    change(&server, "Lab", &json!({ "scheduled": false }));
    set(&server, &json!({ "cssm_removes_after_90_days": true }));
    server.advance_clock(28 * DAY_MS);
    let all = control(&server, "GET", "alerts", &json!({}));
    let all = all["alerts"].as_array().unwrap().clone();
    let of = all.iter().find(|of| of["type"] == "Synchronization Overdue").unwrap();
    let message = of["message"].as_str().unwrap();
    assert!(
        message.contains("for 28 days. If it is not synchronized within 62 days,"),
        "{message}"
    );
    server.advance_clock(62 * DAY_MS);
    assert!(has_alert(&server, "On-Prem Unregistered and Removed", "Major"));
    assert_eq!(at_cssm(&server, "Lab"), json!(null));
    assert_eq!(refused(&server, "Lab").0, 422);
}
