//! Alerts, events and syslog lines as administrators read them.

use serde_json::{Value, json};

use super::account_text;
use super::{EVENTS_MAX, Notices, Place};
use crate::Server;
use crate::classic::tests::{
    DAY_MS, HOUR_MS, Instance, control, good_server, hold, tag, try_control,
};

fn all(server: &Server, resource: &str) -> Vec<Value> {
    let answer = control(server, "GET", resource, &json!({}));
    let name = resource.split('?').next().unwrap();
    answer[name].as_array().unwrap().clone()
}

fn of_type(server: &Server, resource: &str, topic: &str) -> Vec<Value> {
    all(server, resource).into_iter().filter(|one| one["type"] == topic).collect()
}

fn alert(server: &Server, topic: &str) -> Option<Value> {
    let found = of_type(server, "alerts", topic);
    assert!(found.len() <= 1, "{found:?}");
    found.into_iter().next()
}

#[test]
fn a_shortage_is_a_major_alert_that_only_its_end_ends() {
    let server = good_server();
    let t = tag("X");
    hold(&server, "Default", &t, 2);
    let mut instance = Instance::registered(&server, 1);
    instance.authorized(&server, &[(&t, 3)]);
    let of = alert(&server, "Insufficient Licenses").unwrap();
    assert_eq!(
        of["message"],
        "The Virtual Account \"Default\" has a shortage of \"X\" licenses. 1 license is required \
         to return to compliance."
    );
    assert_eq!((&of["severity"], &of["action_due"]), (&json!("Major"), &json!("Now")));
    assert_eq!((&of["source"], &of["source_type"]), (&json!("Default"), &json!("Virtual Account")));
    let dismiss = format!("alerts?number={}", of["number"]);
    assert_eq!(try_control(&server, "DELETE", &dismiss, "").0, 409);
    let line = of_type(&server, "syslog", "Insufficient Licenses").remove(0);
    assert_eq!(line["severity"], "ALERT");
    let text = "The Virtual Account \"Default\" reported a shortage of 1 \"X\" license.";
    assert_eq!(line["text"], text);
    hold(&server, "Default", &t, 3);
    assert_eq!(alert(&server, "Insufficient Licenses"), None);
    let line = of_type(&server, "syslog", "Licenses Corrected").remove(0);
    assert_eq!(
        line["text"],
        "The shortage of 1 \"X\" license in the Virtual Account \"Default\" has been corrected."
    );
}

#[test]
fn silence_is_warned_of_after_30_and_60_days_and_releases_after_90() {
    let server = good_server();
    let t = tag("X");
    let mut instance = Instance::registered(&server, 1);
    instance.authorized(&server, &[(&t, 3)]);
    server.advance_clock(30 * DAY_MS - HOUR_MS);
    assert_eq!(alert(&server, "Product Instance Failed to Connect"), None);
    server.advance_clock(HOUR_MS);
    let of = alert(&server, "Product Instance Failed to Connect").unwrap();
    assert_eq!((&of["severity"], &of["action_due"]), (&json!("Minor"), &json!("60 days")));
    let remind = format!("alerts?number={}", of["number"]);
    assert_eq!(control(&server, "DELETE", &remind, &json!({})), json!({ "hidden": true }));
    assert_eq!(alert(&server, "Product Instance Failed to Connect"), None);
    server.advance_clock(30 * DAY_MS);
    let of = alert(&server, "Product Instance Failed to Connect").unwrap();
    assert_eq!(of["action_due"], "30 days");
    for days in ["14", "7", "3", "2", "1"] {
        server.advance_clock((if days == "14" { 16 } else { 0 }) * DAY_MS);
        let of = alert(&server, "Product Instance Failed to Connect").unwrap();
        assert_eq!(of["action_due"], format!("{days} days"));
        let step = match days {
            "14" => 7,
            "7" => 4,
            "3" | "2" => 1,
            _ => 0,
        };
        server.advance_clock(step * DAY_MS);
    }
    server.advance_clock(DAY_MS);
    assert_eq!(alert(&server, "Product Instance Failed to Connect"), None);
    let of = alert(&server, "Product Instance Failed to Renew").unwrap();
    assert_eq!((&of["severity"], &of["action_due"]), (&json!("Major"), &json!("Now")));
    let lines = of_type(&server, "syslog", "Product Instance Failed to Connect");
    assert_eq!(lines.len(), 7);
    assert!(lines[6]["text"].as_str().unwrap().contains("within the next 1 day."), "{lines:?}");
    instance.authorized(&server, &[(&t, 3)]);
    assert_eq!(alert(&server, "Product Instance Failed to Renew"), None);
}

#[test]
fn licences_that_end_are_warned_of_step_by_step_and_then_gone() {
    let server = good_server();
    let t = tag("X");
    let end = server.now_ms() + 43 * DAY_MS;
    let lots = json!([{ "kind": "term", "quantity": 10, "ends_at_ms": end }]);
    let change = json!({ "virtual_account": "Default", "tag": t, "lots": lots });
    control(&server, "PUT", "entitlements", &change);
    let of = alert(&server, "Licenses Expiring").unwrap();
    let message = of["message"].as_str().unwrap();
    assert!(
        message.starts_with(
            "10 \"X\" term licenses in the Virtual Account \"Default\" are set to expire in 43 \
             days on "
        ),
        "{message}"
    );
    assert_eq!((&of["severity"], &of["action_due"]), (&json!("Minor"), &json!("43 days")));
    let steps = [13, 16, 7, 4, 1, 1];
    for (days, left) in steps.into_iter().zip([30, 14, 7, 3, 2, 1]) {
        server.advance_clock(days * DAY_MS);
        let of = alert(&server, "Licenses Expiring").unwrap();
        assert_eq!(of["action_due"], format!("{left} days"));
    }
    server.advance_clock(12 * HOUR_MS);
    let of = alert(&server, "Licenses Expiring").unwrap();
    assert!(of["message"].as_str().unwrap().contains("set to expire today on"), "{of}");
    server.advance_clock(12 * HOUR_MS);
    assert_eq!(alert(&server, "Licenses Expiring"), None);
    let of = alert(&server, "Licenses Expired").unwrap();
    assert!(of["message"].as_str().unwrap().contains("expired on"), "{of}");
    let dismiss = format!("alerts?number={}", of["number"]);
    assert_eq!(control(&server, "DELETE", &dismiss, &json!({})), json!({ "dismissed": true }));
    assert_eq!(alert(&server, "Licenses Expired"), None);
    assert_eq!(of_type(&server, "syslog", "Licenses Expiring").len(), 8);
}

#[test]
fn a_licence_from_two_subscriptions_counts_once_until_one_moves() {
    let server = good_server();
    let t = tag("X");
    let end = server.now_ms() + 400 * DAY_MS;
    let lot = |quantity: u32, id: &str| {
        let mut lot = json!({ "kind": "term", "quantity": quantity, "ends_at_ms": end });
        lot["subscription_id"] = json!(id);
        lot
    };
    let change = |lots: Value| {
        let change = json!({ "virtual_account": "Default", "tag": t, "lots": lots });
        control(&server, "PUT", "entitlements", &change)
    };
    assert_eq!(change(json!([lot(3, "Sub-1"), lot(4, "Sub-2")]))["purchased"], 3);
    assert!(alert(&server, "Duplicate Licenses").is_some());
    assert_eq!(change(json!([lot(4, "Sub-2")]))["purchased"], 4);
    assert_eq!(alert(&server, "Duplicate Licenses"), None);
    change(json!([lot(3, "Sub-1"), lot(4, "Sub-2")]));
    let move_it = json!({
        "local_account": "Muster Test SA", "from": "Default", "to": "Validated", "tag": t,
        "subscription_id": "Sub-2",
    });
    assert_eq!(control(&server, "POST", "transfers", &move_it)["transferred"], 4);
    assert_eq!(alert(&server, "Duplicate Licenses"), None);
    let there = crate::classic::tests::held(&server, "Validated", &t);
    let of_two = there["lots"].as_array().unwrap();
    assert!(of_two.iter().any(|lot| lot["subscription_id"] == "Sub-2"), "{there}");
    assert_eq!(crate::classic::tests::held(&server, "Default", &t)["purchased"], 3);
}

#[test]
fn registrations_renewals_and_goodbyes_are_events() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let t = tag("X");
    instance.authorized(&server, &[(&t, 3)]);
    instance.authorized(&server, &[(&t, 3)]);
    let udi = instance.udi.to_string();
    let path = format!("registrations?udi={}", udi.replace(',', "%2C"));
    control(&server, "DELETE", &path, &json!({}));
    let messages: Vec<_> =
        all(&server, "events").iter().map(|of| of["message"].to_string()).collect();
    let expected = [
        format!(
            "The product instance \"{udi}\" connected and was added to the Virtual Account \
             \"Default\"."
        ),
        format!(
            "The product instance \"{udi}\" in the Virtual Account \"Default\" requested 3 \"X\"."
        ),
        format!("The product instance \"{udi}\" was removed from Smart Software Manager."),
    ];
    assert_eq!(messages, expected.map(|text| json!(text).to_string()));
}

#[test]
fn tokens_are_told_of_without_being_told() {
    let server = good_server();
    let new = json!({ "virtual_account": "Default", "days": 1, "export_allowed": true });
    let token = control(&server, "POST", "tokens", &new)["token"].as_str().unwrap().to_owned();
    let path = format!("tokens?token={token}");
    control(&server, "DELETE", &path, &json!({}));
    control(&server, "DELETE", &path, &json!({}));
    let lines = all(&server, "syslog");
    let texts: Vec<_> = lines.iter().map(|line| line["text"].as_str().unwrap()).collect();
    assert!(texts.iter().all(|text| !text.contains(&token)));
    let ends =
        ["was generated for the Virtual Account \"Default\".", "was revoked.", "was removed."];
    for (text, end) in texts.iter().zip(ends) {
        assert!(text.ends_with(end), "{text}");
    }
    assert!(texts[0].contains(" allowing export-controlled functionality"));
}

#[test]
fn a_log_keeps_the_newest_and_is_read_on_from_a_number() {
    let mut notices = Notices::default();
    let place = Place::account("A");
    for number in 0..EVENTS_MAX + 10 {
        notices.tell(1, &place, account_text::created(&number.to_string()));
    }
    assert_eq!(notices.events().count(), EVENTS_MAX);
    assert!(notices.events().next().unwrap().message.contains("\"10\""));
    let server = good_server();
    Instance::registered(&server, 1);
    let first = all(&server, "events")[0]["number"].clone();
    assert_eq!(all(&server, &format!("events?after={first}")), [json!(null); 0]);
    assert_eq!(all(&server, "events?limit=0").len(), 0);
    assert_eq!(all(&server, "events?local_account=Nobody").len(), 0);
    assert_eq!(try_control(&server, "GET", "events?after=x", "").0, 400);
}

#[test]
fn licences_that_follow_use_are_never_short() {
    let server = good_server();
    let (reported, by_usage, upgrade) = (tag("R"), tag("U"), tag("G"));
    let change = |tag: &muster_wire::EntitlementTag, change: Value| {
        let mut change = change;
        change["virtual_account"] = json!("My VA");
        change["tag"] = json!(tag);
        control(&server, "PUT", "entitlements", &change)
    };
    change(&reported, json!({ "purchased": 0, "reporting_only": true }));
    change(&by_usage, json!({ "purchased": 0, "billing": "by_usage" }));
    let lots = json!([
        { "kind": "perpetual", "quantity": 10 },
        { "kind": "perpetual", "quantity": 5, "pending": true },
    ]);
    let row = change(&upgrade, json!({ "lots": lots }));
    assert_eq!((&row["purchased"], &row["pending"]), (&json!(10), &json!(5)));
    let mut instance = Instance::new(1);
    instance.registers(&server, "other_account");
    assert_eq!(instance.state(&server, &[(&reported, 7), (&by_usage, 3)]), "AUTHORIZED");
    let row = |tag| crate::classic::tests::held(&server, "My VA", tag);
    assert_eq!((&row(&reported)["purchased"], &row(&reported)["in_use"]), (&json!(7), &json!(7)));
    assert_eq!(row(&by_usage)["purchased"], json!(null));
    assert_eq!(alert(&server, "Insufficient Licenses"), None);
    let lines = of_type(&server, "syslog", "New Licenses");
    let text = "7 new \"R\" perpetual licenses were automatically added to the Virtual Account \
                \"My VA\".";
    assert!(lines.iter().any(|line| line["text"] == text), "{lines:?}");
    assert_eq!(instance.state(&server, &[(&reported, 2)]), "AUTHORIZED");
    assert_eq!(row(&reported)["purchased"], 2);
    // At CSSM itself such licences are prepaid, and none were bought.
    let mut direct = Instance::direct(2);
    direct.registers(&server, "other_account");
    assert_eq!(direct.state(&server, &[(&by_usage, 1)]), "OUT_OF_COMPLIANCE");
}
