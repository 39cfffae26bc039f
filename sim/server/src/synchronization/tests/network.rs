//! Synchronization over the network: who is right about what, and how much is told.

use muster_wire::classic::proposed::entitlement::{Application, ApplicationPeer, ApplicationRole};
use muster_wire::{Extra, ProductInstanceId};
use serde_json::json;

use super::*;
use crate::account::ACCOUNT_INSTANCES_MAX;
use crate::classic::tests::{good_server, plain, tag};
use crate::local_account::tests::{account, active, alerts, change, events, registered_in};

#[test]
fn what_cssm_adds_arrives_in_the_default_account_and_what_it_takes_goes_in_order() {
    let server = good_server();
    active(&server, "Lab");
    for name in ["Zoo", "Alpha"] {
        let order = json!({ "local_account": "Lab", "name": name });
        control(&server, "POST", "local-virtual-accounts", &order);
    }
    let t = tag("X");
    bought(&server, "Lab", &t, 9);
    assert_eq!(purchased(&server, "Lab", "Default", &t), 0);
    assert_eq!(synchronized(&server, "Lab", "standard")["entitlements"], 1);
    assert_eq!(purchased(&server, "Lab", "Default", &t), 9);
    for (to, quantity) in [("Zoo", 3), ("Alpha", 4)] {
        let transfer = json!({
            "local_account": "Lab", "from": "Default", "to": to, "tag": t, "quantity": quantity,
        });
        control(&server, "POST", "transfers", &transfer);
    }
    bought(&server, "Lab", &t, 4);
    synchronized(&server, "Lab", "standard");
    let left = ["Default", "Alpha", "Zoo"].map(|pool| purchased(&server, "Lab", pool, &t));
    assert_eq!(left, [0, 1, 3]);
    let events = events(&server);
    assert!(
        events
            .contains(&"9 new X licenses were added to the Virtual Account \"Default\"".to_owned())
    );
    assert!(
        events.contains(
            &"3 \"X\" licenses were removed from the Virtual Account \"Alpha\"".to_owned()
        )
    );
    // A full one changes nothing more: both sides are the same.
    synchronized(&server, "Lab", "full");
    let left = ["Default", "Alpha", "Zoo"].map(|pool| purchased(&server, "Lab", pool, &t));
    assert_eq!(left, [0, 1, 3]);
}

#[test]
fn a_standard_synchronization_tells_changes_and_a_full_one_everything() {
    let server = good_server();
    active(&server, "Lab");
    let mut one = registered_in(&server, 1, "Lab", "Default");
    registered_in(&server, 2, "Lab", "Default");
    let told =
        |sync_type| synchronized(&server, "Lab", sync_type)["product_instances"].as_u64().unwrap();
    assert_eq!([told("standard"), told("standard"), told("full")], [2, 0, 2]);
    one.authorized(&server, &[(&tag("X"), 1)]);
    assert_eq!([told("standard"), told("standard")], [1, 0]);
    let t = tag("Y");
    bought(&server, "Lab", &t, 1);
    assert_eq!(synchronized(&server, "Lab", "standard")["entitlements"], 1);
    assert_eq!(synchronized(&server, "Lab", "standard")["entitlements"], 0);
}

#[test]
fn product_instances_of_all_virtual_accounts_are_at_cssm_until_a_synchronization_says_otherwise() {
    let server = good_server();
    active(&server, "Lab");
    let order = json!({ "local_account": "Lab", "name": "East" });
    control(&server, "POST", "local-virtual-accounts", &order);
    let mut one = registered_in(&server, 1, "Lab", "Default");
    registered_in(&server, 2, "Lab", "East");
    let t = tag("X");
    one.authorized(&server, &[(&t, 3)]);
    synchronized(&server, "Lab", "standard");
    let listed = || at_cssm(&server, "Lab")["product_instances"].as_array().unwrap().len();
    assert_eq!(listed(), 2);
    let rows = control(&server, "GET", "cssm-entitlements", &json!({}));
    let rows = rows["cssm_entitlements"].as_array().unwrap().clone();
    let row = rows.iter().find(|row| row["virtual_account"] == "Lab VA").unwrap();
    assert_eq!((&row["tag"], &row["in_use"]), (&json!(t), &json!(3)));
    let udi = one.udi.to_string().replace(',', "%2C");
    control(&server, "DELETE", &format!("registrations?udi={udi}"), &json!({}));
    assert_eq!(listed(), 2);
    synchronized(&server, "Lab", "standard");
    assert_eq!(listed(), 1);
    let gone = format!(
        "The product instance \"{}\" was removed from the Virtual Account \"Lab VA\" via \
         synchronization with the SSM On-Prem \"Lab\".",
        one.udi
    );
    assert!(events(&server).contains(&gone));
}

#[test]
fn after_a_restore_cssm_asks_for_everything() {
    let server = good_server();
    active(&server, "Lab");
    registered_in(&server, 1, "Lab", "Default");
    synchronized(&server, "Lab", "standard");
    control(&server, "POST", "backups", &json!({ "name": "before" }));
    registered_in(&server, 2, "Lab", "Default");
    synchronized(&server, "Lab", "standard");
    control(&server, "POST", "restore", &json!({ "name": "before" }));
    let reminders = || {
        let all = control(&server, "GET", "alerts?local_account=Lab", &json!({}));
        let all = all["alerts"].as_array().unwrap().clone();
        all.iter().filter(|alert| alert["type"] == "Synchronization Required").count()
    };
    assert_eq!(reminders(), 1);
    let done = synchronized(&server, "Lab", "standard");
    assert_eq!((&done["type"], &done["product_instances"]), (&json!("full"), &json!(1)));
    assert_eq!(at_cssm(&server, "Lab")["product_instances"].as_array().unwrap().len(), 1);
    assert_eq!(synchronized(&server, "Lab", "standard")["type"], "standard");
    assert_eq!(reminders(), 0);
}

#[test]
fn what_is_private_is_not_told() {
    let server = good_server();
    active(&server, "Lab");
    let mut instance = crate::classic::tests::Instance::new(1);
    let mut data = instance.registration(false);
    data.hostname = Some("core-1".into());
    data.extra.insert("ip_address".to_owned(), json!("192.0.2.7"));
    let mut header = instance.header();
    header.sudi.mac_address = Some("02:00:00:00:00:01".into());
    header.sudi.uuid = Some("5f1d".into());
    header.sudi.udi_vid = Some("V01".into());
    register(&server, &instance, header, data);
    let member = |path: &str| {
        synchronized(&server, "Lab", "full");
        let on_prem = at_cssm(&server, "Lab");
        on_prem["product_instances"][0].pointer(path).cloned().unwrap_or_default()
    };
    assert_eq!(member("/hostname"), "core-1");
    assert_eq!([member("/sudi/uuid"), member("/sudi/udi_vid")], ["5f1d", "V01"]);
    assert_eq!(member("/ip_address"), "192.0.2.7");
    assert_eq!(member("/sudi/mac_address"), "02:00:00:00:00:01");
    set(&server, &json!({ "privacy": { "hostname": true, "ip_address": true } }));
    assert_eq!([member("/hostname"), member("/ip_address")], [json!(null), json!(null)]);
    assert_eq!(member("/sudi/mac_address"), "02:00:00:00:00:01");
    change(&server, "Lab", &json!({ "privacy": { "mac_address": true } }));
    assert_eq!(member("/hostname"), "core-1");
    assert_eq!(member("/sudi/mac_address"), json!(null));
}

fn register(
    server: &Server,
    instance: &crate::classic::tests::Instance,
    header: muster_wire::classic::Header,
    data: muster_wire::classic::proposed::registration::RegistrationRequest,
) {
    use muster_wire::classic::proposed::credential::Credential;
    use muster_wire::classic::{ClassicRequest, RequestData, RequestEnvelope};
    let token = crate::local_account::tests::new_token(server, "Lab", "Default");
    let text = ClassicRequest::new(header, &RequestData::Registration(data)).encode();
    let body = RequestEnvelope::new(text, None, Some(Credential::id_token(token))).encode();
    let answer = crate::classic::tests::post(server, instance.path, &body);
    crate::classic::tests::registered(&crate::classic::tests::opened(server, &answer.body));
}

#[test]
fn redundant_applications_are_told_with_their_peers() {
    let server = good_server();
    active(&server, "Lab");
    let mut one = registered_in(&server, 1, "Lab", "Default");
    let t = tag("X");
    let peer = ApplicationPeer {
        name: "User A1".into(),
        role: ApplicationRole::Standby,
        id: "2".into(),
        product_instance_identifier: ProductInstanceId::from("250cafe6".to_owned()),
        extra: Extra::new(),
    };
    let mut used = plain(&t, 3);
    used.application = Some(Application {
        name: "User_A".into(),
        role: ApplicationRole::Active,
        id: "1".into(),
        peers: vec![peer],
        extra: Extra::new(),
    });
    let data = one.entitlement(vec![used]);
    one.ask(&server, &data);
    synchronized(&server, "Lab", "standard");
    let told = at_cssm(&server, "Lab")["product_instances"][0]["entitlements"][0].clone();
    assert_eq!(
        told,
        json!({
            "tag": t, "count": 3,
            "application_name": "User_A", "app_role": "ACTIVE", "app_id": "1",
            "peer_info": [{
                "name": "User A1", "role": "STANDBY", "id": "2",
                "product_instance_identifier": "250cafe6",
            }],
        })
    );
}

#[test]
fn another_name_at_cssm_is_shown_after_the_next_synchronization() {
    let server = good_server();
    active(&server, "Lab");
    let uid = account(&server, "Lab")["uid"].clone();
    control(&server, "PUT", "on-prems", &json!({ "uid": uid, "name": "Lab 2" }));
    assert_eq!(account(&server, "Lab")["on_prem"], "Lab");
    synchronized(&server, "Lab", "standard");
    assert_eq!(account(&server, "Lab")["on_prem"], "Lab 2");
    assert!(events(&server).contains(&"The On-Prem \"Lab\" was renamed to \"Lab 2\"".to_owned()));
}

#[test]
fn what_cssm_cannot_take_over_is_reported_for_products_and_entitlements_apart() {
    let server = good_server();
    active(&server, "Lab");
    registered_in(&server, 1, "Lab", "Default");
    bought(&server, "Lab", &tag("UNKNOWN_X"), 3);
    assert_eq!(synchronized(&server, "Lab", "standard")["failures"], 1);
    let events = events(&server);
    assert!(
        events.contains(&"One or more entitlements failed to synchronize with CSSM".to_owned())
    );
    assert!(!events.contains(&"One or more products failed to synchronize with CSSM".to_owned()));
}

#[test]
fn cssm_takes_over_as_many_product_instances_as_an_account_may_have() {
    let server = good_server();
    active(&server, "Lab");
    registered_in(&server, 1, "Lab", "Default");
    assert_eq!(synchronized(&server, "Lab", "standard")["failures"], 0);
    let uid = account(&server, "Lab")["uid"].as_str().unwrap().to_owned();
    let mut store = server.0.store();
    let on_prem = store.cssm.on_prem_mut(&uid).unwrap();
    let model = on_prem.instances.values().next().unwrap().clone();
    for number in 2..=ACCOUNT_INSTANCES_MAX {
        let mut instance = model.clone();
        instance.sudi.udi_serial_number = format!("MST{number:07}Z");
        on_prem.instances.insert(instance.udi(), instance);
    }
    drop(store);
    registered_in(&server, 2, "Lab", "Default");
    assert_eq!(synchronized(&server, "Lab", "standard")["failures"], 1);
    let failed = "One or more products failed to synchronize with CSSM".to_owned();
    assert!(events(&server).contains(&failed));
    let store = server.0.store();
    assert_eq!(store.cssm.on_prem(&uid).unwrap().instances.len(), ACCOUNT_INSTANCES_MAX);
}

#[test]
fn each_fault_of_the_network_is_told_in_its_words() {
    let server = good_server();
    active(&server, "Lab");
    for (fault, text) in [
        ("corrupted", "The file being processed for this On-Prem is invalid."),
        ("certificate_timestamp", "Invalid Certificate timestamp. Please ensure the On-Prem"),
        ("id_certificate", "Invalid ID Certificate. The file being processed has"),
        ("signing_certificate", "Invalid Signing Certificate. The file being processed has"),
        ("certificate", "Invalid Certificate. The file being processed during synchronization"),
    ] {
        set(&server, &json!({ "next_fault": fault }));
        let (status, why) = refused(&server, "Lab");
        assert!(status == 422 && why.starts_with(text), "{fault}: {why}");
    }
    let failed = ("Synchronization Failed".to_owned(), "Major".to_owned());
    assert!(alerts(&server).contains(&failed));
    assert!(account(&server, "Lab")["last_failure"].is_string());
    synchronized(&server, "Lab", "standard");
    assert!(!alerts(&server).contains(&failed));
    assert_eq!(account(&server, "Lab")["last_failure"], json!(null));
    set(&server, &json!({ "link_up": false }));
    assert_eq!(refused(&server, "Lab"), (422, "CSSM cannot be reached".to_owned()));
}

#[test]
fn all_active_accounts_are_synchronized_when_none_is_named() {
    let server = good_server();
    active(&server, "Lab");
    let all = control(&server, "POST", "synchronize", &json!({}));
    let accounts = all["accounts"].as_array().unwrap();
    let names: Vec<_> = accounts.iter().map(|of| of["local_account"].clone()).collect();
    assert_eq!(names, ["Lab", "Muster Test SA"]);
    assert_eq!(refused(&server, "Nobody").0, 404);
}
