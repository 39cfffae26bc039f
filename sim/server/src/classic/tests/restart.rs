//! A server of the classic era that is killed and comes back: registrations, licences in use,
//! promises and backups are what they were.

use super::*;
use crate::state::tests::{after_a_kill, options, server_in};

#[test]
fn registrations_and_what_they_hold_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_in(folder.path(), options()).unwrap();
    let (t, hsec) = (tag("X"), tag("X_HSEC"));
    hold(&server, "Default", &t, 5);
    let mut instance = Instance::registered(&server, 1);
    instance.authorized(&server, &[(&t, 2)]);
    let mut direct = Instance::direct(2);
    direct.registers(&server, "single_use");
    let data = direct.export(ExportAction::Request, &[(&hsec, 3)]);
    direct.ask(&server, &data);
    let shown = |server: &Server| {
        let rows = [held(server, "Default", &t), held(server, "Default", &hsec)];
        (control(server, "GET", "registrations", &json!({})), rows)
    };
    let (again, _) = after_a_kill(&server, folder.path());
    assert_eq!(shown(&again), shown(&server));
    assert_eq!(held(&again, "Default", &hsec)["reserved"], 3);
    assert_eq!(instance.state(&again, &[(&t, 6)]), "OUT_OF_COMPLIANCE");
    // A token that was used up is not good again.
    let mut third = Instance::direct(3);
    assert_eq!(third.register(&again, "single_use", false).status, ClassicStatus::Failed);
    let data = instance.heartbeat();
    assert_eq!(instance.ask(&again, &data).status, ClassicStatus::Complete);
}

#[test]
fn promises_are_kept_after_a_restart_and_a_conversion_happens_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_in(folder.path(), options()).unwrap();
    let t = tag("X");
    hold(&server, "Default", &t, 0);
    let mut instance = Instance::registered(&server, 1);
    let data = instance.conversion(&[(&t, 3)]);
    let promised = poll_id(&instance.ask(&server, &data));
    let (again, folder) = after_a_kill(&server, folder.path());
    again.advance_clock(HOUR_MS);
    let data = instance.poll(promised, MessageType::Conversion);
    assert_eq!(instance.ask(&again, &data).status, ClassicStatus::Complete);
    assert_eq!(held(&again, "Default", &t)["purchased"], 3);
    let (later, _) = after_a_kill(&again, &folder);
    let data = instance.conversion(&[(&t, 3)]);
    let answer = instance.ask(&later, &data);
    let Ok(AnswerData::Conversion(data)) = answer.data() else { panic!("{answer:?}") };
    assert_eq!(data.conversion_status.to_string(), "ALREADY_CONVERTED");
    assert_eq!(held(&later, "Default", &t)["purchased"], 3);
}

#[test]
fn silence_is_counted_on_and_waiting_licences_are_released() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_in(folder.path(), options()).unwrap();
    let t = tag("X");
    hold(&server, "Default", &t, 5);
    let mut instance = Instance::registered(&server, 1);
    instance.authorized(&server, &[(&t, 2)]);
    server.advance_clock(60 * DAY_MS);
    let (again, _) = after_a_kill(&server, folder.path());
    again.advance_clock(30 * DAY_MS);
    assert_eq!(listed(&again, &instance.udi).unwrap()["is_released"], true);
    assert_eq!(held(&again, "Default", &t)["in_use"], 0);
}

#[test]
fn backups_tokens_and_accounts_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_in(folder.path(), options()).unwrap();
    let t = tag("X");
    let mut instance = Instance::registered(&server, 1);
    instance.authorized(&server, &[(&t, 2)]);
    control(&server, "POST", "backups", &json!({ "name": "monday" }));
    instance.authorized(&server, &[(&t, 5)]);
    let later = Instance::registered(&server, 2);
    let token = control(
        &server,
        "POST",
        "tokens",
        &json!({ "virtual_account": "My VA", "days": 2, "uses_max": 3 }),
    );
    let change = json!({ "virtual_account": "My VA", "conversion_enabled": true });
    control(&server, "PUT", "accounts", &change);
    let (again, folder) = after_a_kill(&server, folder.path());
    let tokens = control(&again, "GET", "tokens", &json!({}));
    assert!(tokens["tokens"].as_array().unwrap().contains(&token), "{tokens}");
    assert_eq!(control(&again, "PUT", "accounts", &change)["conversion_enabled"], true);
    control(&again, "POST", "restore", &json!({ "name": "monday" }));
    assert_eq!(listed(&again, &later.udi), None);
    assert_eq!(held(&again, "Default", &t)["in_use"], 2);
    let (restored, _) = after_a_kill(&again, &folder);
    assert_eq!(listed(&restored, &later.udi), None);
    assert_eq!(instance.state(&restored, &[(&t, 2)]), "AUTHORIZED");
}
