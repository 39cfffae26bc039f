//! Authorization: what is in use against what is held.

use super::*;

#[test]
fn enough_is_authorized_and_too_much_is_out_of_compliance() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let t = tag("X");
    hold(&server, "Default", &t, 4);
    assert_eq!(instance.state(&server, &[]), "NONE");
    assert_eq!(instance.state(&server, &[(&t, 4)]), "AUTHORIZED");
    let answer = instance.authorized(&server, &[(&t, 5)]);
    assert_eq!(answer.authorization_state.as_str(), "OUT_OF_COMPLIANCE");
    assert_eq!(answer.next_communication, START_MS + 30 * DAY_MS);
    assert_eq!(answer.communication_deadline, START_MS + 90 * DAY_MS);
    let entry = &answer.entitlements[0];
    assert_eq!((&entry.tag, entry.count), (&t, 5));
    assert_eq!(entry.enforce_mode.as_str(), "OUT_OF_COMPLIANCE");
    assert_eq!(entry.display_name.as_deref(), Some("X"));
    hold(&server, "Default", &t, 5);
    assert_eq!(instance.state(&server, &[(&t, 5)]), "AUTHORIZED");
}

#[test]
fn licences_are_drawn_from_the_account_of_the_instance() {
    let server = good_server();
    let t = tag("X");
    let mut here = Instance::registered(&server, 1);
    let mut there = Instance::new(2);
    there.registers(&server, "other_account");
    assert_eq!(here.state(&server, &[(&t, 50)]), "AUTHORIZED");
    assert_eq!(there.state(&server, &[(&t, 50)]), "OUT_OF_COMPLIANCE");
    let rows = ["Default", "My VA"].map(|account| held(&server, account, &t)["in_use"].clone());
    assert_eq!(rows, [json!(50), json!(50)]);
}

#[test]
fn instances_share_what_the_account_holds() {
    let server = good_server();
    let t = tag("X");
    hold(&server, "Default", &t, 5);
    let [mut one, mut other] = [1, 2].map(|number| Instance::registered(&server, number));
    assert_eq!(one.state(&server, &[(&t, 3)]), "AUTHORIZED");
    assert_eq!(other.state(&server, &[(&t, 3)]), "OUT_OF_COMPLIANCE");
    assert_eq!(one.state(&server, &[(&t, 3)]), "OUT_OF_COMPLIANCE");
    assert_eq!(other.state(&server, &[(&t, 2)]), "AUTHORIZED");
}

#[test]
fn a_list_replaces_the_one_before() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let (x, y) = (tag("X"), tag("Y"));
    instance.authorized(&server, &[(&x, 3), (&y, 1)]);
    instance.authorized(&server, &[(&y, 2)]);
    assert_eq!(held(&server, "Default", &x)["in_use"], Value::Null);
    assert_eq!(held(&server, "Default", &y)["in_use"], 2);
}

#[test]
fn a_higher_tier_stands_in_as_far_as_it_reaches() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let (lower, higher) = (tag("ACI_LEAF_ESS_10G"), tag("ACI_LEAF_ADV_10G"));
    hold(&server, "Default", &lower, 0);
    hold(&server, "Default", &higher, 12);
    assert_eq!(instance.state(&server, &[(&lower, 10)]), "AUTHORIZED");
    let lent = held(&server, "Default", &higher);
    assert_eq!((&lent["lent"], &lent["available"]), (&json!(10), &json!(2)));
    assert_eq!(held(&server, "Default", &lower)["borrowed"], 10);
    assert_eq!(instance.state(&server, &[(&lower, 10), (&higher, 2)]), "AUTHORIZED");
    let answer = instance.authorized(&server, &[(&lower, 11), (&higher, 2)]);
    let modes = answer.entitlements.iter().map(|of| of.enforce_mode.to_string());
    assert_eq!(modes.collect::<Vec<_>>(), ["OUT_OF_COMPLIANCE", "IN_COMPLIANCE"]);
}

#[test]
fn an_expired_subscription_is_out_of_compliance() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let t = tag("X");
    let lots = json!([{
        "kind": "term", "quantity": 3, "subscription_id": "Sub-1",
        "ends_at_ms": START_MS + 10 * DAY_MS,
    }]);
    let change = json!({ "virtual_account": "Default", "tag": t, "lots": lots });
    control(&server, "PUT", "entitlements", &change);
    let answer = instance.authorized(&server, &[(&t, 3)]);
    assert_eq!(answer.authorization_state.as_str(), "AUTHORIZED");
    assert_eq!(answer.entitlements[0].subscription_id.as_deref(), Some("Sub-1"));
    server.advance_clock(10 * DAY_MS);
    assert_eq!(instance.state(&server, &[(&t, 3)]), "OUT_OF_COMPLIANCE");
}

#[test]
fn a_demo_licence_ends_after_sixty_days() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let t = tag("X");
    let lots = json!([{ "kind": "demo", "quantity": 1 }]);
    let change = json!({ "virtual_account": "Default", "tag": t, "lots": lots });
    control(&server, "PUT", "entitlements", &change);
    server.advance_clock(60 * DAY_MS - 1);
    assert_eq!(instance.state(&server, &[(&t, 1)]), "AUTHORIZED");
    server.advance_clock(1);
    assert_eq!(instance.state(&server, &[(&t, 1)]), "OUT_OF_COMPLIANCE");
}

#[test]
fn an_unknown_tag_is_invalid_and_counted_nowhere() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let unknown = [tag("UNKNOWN_X"), EntitlementTag::new("x")];
    let answer = instance.authorized(&server, &[(&unknown[0], 1), (&unknown[1], 1)]);
    assert!(answer.entitlements.iter().all(|of| of.enforce_mode.as_str() == "INVALID_TAG"));
    assert_eq!(answer.authorization_state.as_str(), "OUT_OF_COMPLIANCE");
    assert_eq!(held(&server, "Default", &unknown[0]), Value::Null);
}

#[test]
fn an_export_controlled_licence_waits_and_is_never_short() {
    let server = good_server();
    let t = tag("X_HSEC");
    hold(&server, "Default", &t, 0);
    let mode = |number, name| {
        let mut instance = Instance::new(number);
        instance.registers(&server, name);
        instance.authorized(&server, &[(&t, 9)]).entitlements[0].enforce_mode.to_string()
    };
    assert_eq!(mode(1, "export_not_allowed"), "WAITING");
    assert_eq!(mode(2, "valid"), "IN_COMPLIANCE");
    assert_eq!(held(&server, "Default", &t)["available"], 0);
}

#[test]
fn lists_that_break_a_limit_change_nothing() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let t = tag("X");
    instance.authorized(&server, &[(&t, 1)]);
    let long = EntitlementTag::new(&"x".repeat(257));
    let many = vec![plain(&t, 1); 257];
    for entitlements in [many, vec![plain(&long, 1)], vec![plain(&EntitlementTag::new(""), 1)]] {
        let data = instance.entitlement(entitlements);
        assert_eq!(code(&instance.ask(&server, &data)), "LS_INVALID_REQUEST");
    }
    assert_eq!(held(&server, "Default", &t)["in_use"], 1);
    let most = vec![plain(&t, u32::MAX); 256];
    let data = instance.entitlement(most);
    let answer = authorization(&instance.ask(&server, &data));
    assert_eq!(answer.entitlements[0].count, u32::MAX);
    assert_eq!(answer.authorization_state.as_str(), "OUT_OF_COMPLIANCE");
}
