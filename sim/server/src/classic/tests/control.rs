//! The control API of accounts, entitlements, tokens, registrations and backups.

use super::*;

#[test]
fn accounts_are_listed_and_changed_by_name() {
    let server = good_server();
    let all = control(&server, "GET", "accounts", &json!({}));
    let names = all["accounts"].as_array().unwrap().iter().map(|of| of["virtual_account"].clone());
    assert_eq!(names.collect::<Vec<_>>(), ["Default", "My VA", "Validated"]);
    let change = json!({ "virtual_account": "My VA", "conversion_enabled": true });
    let changed = control(&server, "PUT", "accounts", &change);
    assert_eq!(
        (&changed["conversion_enabled"], &changed["export_allowed"]),
        (&json!(true), &json!(true))
    );
}

#[test]
fn entitlements_show_the_published_licences_and_what_was_set() {
    let server = good_server();
    let all = control(&server, "GET", "entitlements?virtual_account=My%20VA", &json!({}));
    let rows = all["entitlements"].as_array().unwrap();
    assert!(rows.len() > 10 && rows.iter().all(|row| row["virtual_account"] == "My VA"));
    let t = tag("X");
    let lots = json!([
        { "kind": "perpetual", "quantity": 1 },
        { "kind": "demo", "quantity": 2 },
        { "kind": "term", "quantity": 4, "starts_at_ms": START_MS + 1, "ends_at_ms": START_MS + 9 },
    ]);
    let change = json!({
        "virtual_account": "My VA", "tag": t, "lots": lots, "export_controlled": true,
    });
    let row = control(&server, "PUT", "entitlements", &change);
    assert_eq!((&row["purchased"], &row["export_controlled"]), (&json!(3), &json!(true)));
    assert_eq!(row["lots"][1]["ends_at_ms"], START_MS + 60 * DAY_MS);
    let change = json!({ "virtual_account": "My VA", "tag": t, "export_controlled": false });
    let row = control(&server, "PUT", "entitlements", &change);
    assert_eq!((&row["purchased"], &row["export_controlled"]), (&json!(3), &json!(false)));
}

#[test]
fn tokens_are_created_revoked_and_then_removed() {
    let server = good_server();
    let new = json!({
        "virtual_account": "Default", "days": 365, "uses_max": 1, "issuer": "onprem",
    });
    let made = control(&server, "POST", "tokens", &new);
    assert_eq!((&made["state"], &made["export_allowed"]), (&json!("active"), &json!(false)));
    let text = made["token"].as_str().unwrap();
    let resource = format!("tokens?token={text}");
    assert_eq!(control(&server, "DELETE", &resource, &json!({})), json!({ "revoked": true }));
    assert_eq!(control(&server, "DELETE", &resource, &json!({})), json!({ "removed": true }));
    assert_eq!(try_control(&server, "DELETE", &resource, "").0, 404);
    let states = control(&server, "GET", "tokens", &json!({}))["tokens"].clone();
    let mut states: Vec<_> =
        states.as_array().unwrap().iter().map(|of| of["state"].to_string()).collect();
    states.sort_unstable();
    states.dedup();
    assert_eq!(states, ["\"active\"", "\"expired\"", "\"revoked\""]);
}

#[test]
fn what_cannot_be_done_says_why() {
    let server = good_server();
    let t = tag("X");
    for (method, resource, body, status) in [
        ("PUT", "accounts", json!({ "virtual_account": "No" }), 404),
        ("PUT", "accounts", json!({ "name": "Default" }), 400),
        ("GET", "entitlements?virtual_account=No", json!({}), 404),
        ("PUT", "entitlements", json!({ "virtual_account": "Default", "tag": t }), 400),
        ("PUT", "entitlements", json!({ "virtual_account": "No", "tag": t, "purchased": 1 }), 404),
        (
            "PUT",
            "entitlements",
            json!({ "virtual_account": "Default", "tag": "x", "purchased": 1 }),
            400,
        ),
        (
            "PUT",
            "entitlements",
            json!({ "virtual_account": "Default", "tag": t, "purchased": -1 }),
            400,
        ),
        ("POST", "tokens", json!({ "virtual_account": "Default", "days": 0 }), 400),
        ("POST", "tokens", json!({ "virtual_account": "Default", "days": 366 }), 400),
        ("POST", "tokens", json!({ "virtual_account": "No", "days": 1 }), 404),
        ("POST", "tokens", json!({ "virtual_account": "Default", "days": 1, "uses_max": 0 }), 400),
        ("DELETE", "tokens", json!({}), 400),
        ("DELETE", "registrations?udi=P:A%2CS:B", json!({}), 404),
        ("DELETE", "registrations?udi=X", json!({}), 400),
        ("POST", "backups", json!({ "name": "" }), 400),
        ("POST", "restore", json!({ "name": "no" }), 404),
        ("PATCH", "tokens", json!({}), 405),
        ("GET", "synchronize", json!({}), 405),
        ("GET", "nothing", json!({}), 404),
    ] {
        let (found, answer) = try_control(&server, method, resource, &body.to_string());
        assert_eq!(found, status, "{method} {resource} {body}: {answer}");
        assert!(status == 405 || answer["error"].is_string(), "{answer}");
    }
    for (kind, end) in [("term", Value::Null), ("perpetual", json!(9))] {
        let lots = json!([{ "kind": kind, "quantity": 1, "ends_at_ms": end }]);
        let body = json!({ "virtual_account": "Default", "tag": t, "lots": lots });
        assert_eq!(try_control(&server, "PUT", "entitlements", &body.to_string()).0, 400);
    }
    let lots = vec![json!({ "kind": "demo", "quantity": 1 }); 65];
    let body = json!({ "virtual_account": "Default", "tag": t, "lots": lots });
    assert_eq!(try_control(&server, "PUT", "entitlements", &body.to_string()).0, 400);
}

#[test]
fn backups_are_limited_and_keep_what_an_on_prem_knew() {
    let server = good_server();
    let t = tag("X");
    let mut kept = Instance::registered(&server, 1);
    kept.authorized(&server, &[(&t, 2)]);
    let mut direct = Instance::direct(3);
    for name in ["a", "b", "c", "d", "a"] {
        control(&server, "POST", "backups", &json!({ "name": name }));
    }
    let fifth = json!({ "name": "e" }).to_string();
    assert_eq!(try_control(&server, "POST", "backups", &fifth).0, 409);
    kept.authorized(&server, &[(&t, 5)]);
    let later = Instance::registered(&server, 2);
    direct.registers(&server, "valid");
    control(&server, "POST", "restore", &json!({ "name": "a" }));
    assert_eq!(held(&server, "Default", &t)["in_use"], 2);
    assert_eq!(listed(&server, &later.udi), None);
    assert!(listed(&server, &direct.udi).is_some());
    assert_eq!(kept.state(&server, &[(&t, 2)]), "AUTHORIZED");
    let names = control(&server, "GET", "backups", &json!({}))["backups"].clone();
    assert_eq!(names, json!(["a", "b", "c", "d"]));
}

#[test]
fn a_registration_is_removed_by_its_udi() {
    let server = good_server();
    let instance = Instance::registered(&server, 1);
    let resource = format!("registrations?udi=P:CSR1000V%2CS:{}", instance.udi.serial_number);
    control(&server, "DELETE", &resource, &json!({}));
    assert_eq!(listed(&server, &instance.udi), None);
}
