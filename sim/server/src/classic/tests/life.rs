//! Heartbeats, goodbyes, and silence.

use muster_wire::classic::proposed::agent_action::AgentAction;
use muster_wire::classic::proposed::life::DeregistrationRequest;

use super::*;

fn actions(server: &Server, instance: &mut Instance) -> Vec<AgentAction> {
    let data = instance.heartbeat();
    let answer = instance.ask(server, &data);
    assert_eq!(answer.data(), Ok(AnswerData::Nothing(Extra::new())));
    answer.header.actions()
}

pub(super) fn goodbye(instance: &mut Instance) -> RequestData {
    let (origin, extra) = (instance.origin(), Extra::new());
    RequestData::Deregistration(DeregistrationRequest { origin, extra })
}

#[test]
fn a_heartbeat_says_what_is_due() {
    let server = good_server();
    let t = tag("X");
    let mut instance = Instance::registered(&server, 1);
    assert_eq!(actions(&server, &mut instance), []);
    instance.authorized(&server, &[(&t, 3)]);
    assert_eq!(actions(&server, &mut instance), []);
    hold(&server, "Default", &t, 2);
    assert_eq!(actions(&server, &mut instance), [AgentAction::RenewAuthorization]);
    instance.authorized(&server, &[(&t, 3)]);
    assert_eq!(actions(&server, &mut instance), []);
    for _ in 0..3 {
        server.advance_clock(60 * DAY_MS);
        instance.authorized(&server, &[(&t, 3)]);
    }
    assert_eq!(actions(&server, &mut instance), [AgentAction::RenewId]);
}

#[test]
fn whoever_leaves_gives_everything_back() {
    let server = good_server();
    let (t, hsec) = (tag("X"), tag("X_HSEC"));
    hold(&server, "Default", &t, 2);
    let [mut one, mut other] = [1, 2].map(|number| Instance::registered(&server, number));
    one.authorized(&server, &[(&t, 2)]);
    let data = one.export(ExportAction::Request, &[(&hsec, 1)]);
    one.ask(&server, &data);
    control(&server, "POST", "synchronize", &json!({}));
    assert_eq!(held(&server, "Default", &hsec)["reserved"], 1);
    assert_eq!(other.state(&server, &[(&t, 2)]), "OUT_OF_COMPLIANCE");
    let data = goodbye(&mut one);
    assert_eq!(one.ask(&server, &data).status, ClassicStatus::Complete);
    assert_eq!(listed(&server, &one.udi), None);
    assert_eq!(held(&server, "Default", &hsec)["reserved"], Value::Null);
    assert_eq!(other.state(&server, &[(&t, 2)]), "AUTHORIZED");
    let data = goodbye(&mut one);
    assert_eq!(code(&one.ask(&server, &data)), "LS_INVALID_PRODUCT_INSTANCE");
    one.registers(&server, "valid");
}

#[test]
fn an_administrator_removes_an_instance_of_either_era() {
    let server = good_server();
    let t = tag("X");
    let mut one = Instance::registered(&server, 1);
    one.authorized(&server, &[(&t, 2)]);
    assert!(server.remove_product_instance(&one.udi));
    assert!(!server.remove_product_instance(&one.udi));
    assert_eq!(held(&server, "Default", &t)["in_use"], Value::Null);
    let data = one.heartbeat();
    assert_eq!(code(&one.ask(&server, &data)), "LS_INVALID_PRODUCT_INSTANCE");
}

#[test]
fn ninety_days_of_silence_free_the_licences_and_contact_brings_the_instance_back() {
    let server = good_server();
    let (t, hsec) = (tag("X"), tag("X_HSEC"));
    hold(&server, "Default", &t, 2);
    let [mut silent, mut other] = [1, 2].map(|number| Instance::registered(&server, number));
    silent.authorized(&server, &[(&t, 2)]);
    let data = silent.export(ExportAction::Request, &[(&hsec, 1)]);
    silent.ask(&server, &data);
    server.advance_clock(90 * DAY_MS - 1);
    assert_eq!(other.state(&server, &[(&t, 2)]), "OUT_OF_COMPLIANCE");
    server.advance_clock(1);
    assert_eq!(other.state(&server, &[(&t, 2)]), "AUTHORIZED");
    // What was given with an authorization code is kept for the silent one.
    assert_eq!(held(&server, "Default", &hsec)["reserved"], 1);
    assert_eq!(listed(&server, &silent.udi).unwrap()["is_released"], true);
    assert_eq!(actions(&server, &mut silent), [AgentAction::RenewAuthorization]);
    assert_eq!(silent.state(&server, &[(&t, 2)]), "OUT_OF_COMPLIANCE");
    assert_eq!(listed(&server, &silent.udi).unwrap()["is_released"], false);
}

#[test]
fn any_proven_message_is_contact() {
    let server = good_server();
    let t = tag("X");
    let mut instance = Instance::registered(&server, 1);
    instance.authorized(&server, &[(&t, 2)]);
    for _ in 0..4 {
        server.advance_clock(80 * DAY_MS);
        actions(&server, &mut instance);
    }
    assert_eq!(held(&server, "Default", &t)["in_use"], 2);
    // A forged message is none.
    server.advance_clock(40 * DAY_MS);
    let forged = Instance { key: Instance::new(9).key, ..instance.clone() };
    let data = instance.heartbeat();
    post(&server, ONPREM, &forged.body(&data));
    server.advance_clock(50 * DAY_MS);
    assert_eq!(listed(&server, &instance.udi).unwrap()["is_released"], true);
}
