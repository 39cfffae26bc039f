//! Licences, subscriptions and alerts: rows, pages, filters.

use serde_json::{Value, json};

use super::{LICENCE, Lab, ROOT, message};
use crate::handler::tests::START_MS;

const DAY_MS: u64 = 86_400_000;

fn uuid_tag(name: &str) -> String {
    format!("regid.2020-01.com.cisco.{name},1.0_00000000-0000-4000-8000-000000000001")
}

fn physics(lab: &Lab) -> Vec<Value> {
    let body = json!({ "virtualAccounts": ["Physics"] });
    let list = lab.good("POST", &format!("{ROOT}/licenses"), &body);
    list["licenses"].as_array().unwrap().clone()
}

#[test]
fn a_licence_shows_its_purchases_with_their_days() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let (start, end) = (START_MS - DAY_MS, START_MS + 30 * DAY_MS);
    lab.hold(
        "Physics",
        LICENCE,
        &json!([
            { "kind": "term", "quantity": 10, "starts_at_ms": start, "ends_at_ms": end,
              "subscription_id": "Sub905308" },
            { "kind": "perpetual", "quantity": 4 },
            { "kind": "term", "quantity": 9, "starts_at_ms": 1, "ends_at_ms": 2 },
        ]),
    );
    let rows = physics(&lab);
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0],
        json!({
            "license": "MUSTER_LAB", "virtualAccount": "Physics", "quantity": 14, "inUse": 0,
            "available": 14, "status": "In Compliance", "ahaApps": false, "pendingQuantity": 0,
            "reserved": 0, "isPortable": false,
            "licenseDetails": [
                { "licenseType": "Term", "quantity": 10, "startDate": "2026-05-27",
                  "endDate": "2026-06-27", "subscriptionId": "Sub905308" },
                { "licenseType": "Perpetual", "quantity": 4, "startDate": "", "endDate": "",
                  "subscriptionId": "" },
            ],
            "licenseSubstitutions": [],
        })
    );
}

#[test]
fn duplicates_and_pending_upgrades_are_no_part_of_the_quantity() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let term = |quantity: u32, id: &str| {
        json!({ "kind": "term", "quantity": quantity, "ends_at_ms": START_MS + DAY_MS,
            "subscription_id": id })
    };
    let pending = json!({ "kind": "perpetual", "quantity": 5, "pending": true });
    lab.hold("Physics", LICENCE, &json!([term(3, "Sub1"), term(4, "Sub2"), pending]));
    let rows = physics(&lab);
    assert_eq!((&rows[0]["quantity"], &rows[0]["pendingQuantity"]), (&json!(3), &json!(5)));
    let details = rows[0]["licenseDetails"].as_array().unwrap();
    assert_eq!((details.len(), &details[0]["subscriptionId"]), (1, &json!("Sub1")));
}

#[test]
fn a_loan_stands_with_both_its_sides() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let [low, high] = ["Essentials_X", "Advantage_X"].map(uuid_tag);
    lab.hold("Physics", &low, &json!([{ "kind": "perpetual", "quantity": 4 }]));
    lab.hold("Physics", &high, &json!([{ "kind": "perpetual", "quantity": 3 }]));
    {
        let mut store = lab.server.0.store();
        let number = store.holdings.named("Physics").unwrap();
        store.holdings.add_use(number, &muster_wire::EntitlementTag::new(&low), 6).unwrap();
    }
    let rows = physics(&lab);
    let loan = |kind: &str| {
        json!([{ "license": "Essentials_X", "substitutedLicense": "Advantage_X",
            "substitutedQuantity": 2, "substitutionType": kind }])
    };
    assert_eq!(rows[0]["licenseSubstitutions"], loan("Substitution From Higher Tier"));
    assert_eq!(rows[1]["licenseSubstitutions"], loan("Substitution To Lower Tier"));
    let available: Vec<_> = rows.iter().map(|row| row["available"].as_i64().unwrap()).collect();
    assert_eq!(available, [0, 1]);
}

#[test]
fn a_shortage_is_out_of_compliance() {
    let lab = Lab::new();
    lab.create_account("Physics");
    lab.hold("Physics", LICENCE, &json!([{ "kind": "perpetual", "quantity": 5 }]));
    {
        let mut store = lab.server.0.store();
        let number = store.holdings.named("Physics").unwrap();
        store.holdings.add_use(number, &muster_wire::EntitlementTag::new(LICENCE), 7).unwrap();
    }
    let rows = physics(&lab);
    assert_eq!(
        (&rows[0]["available"], &rows[0]["status"]),
        (&json!(-2), &json!("Out Of Compliance"))
    );
}

#[test]
fn lists_come_in_pages_that_know_the_whole() {
    let lab = Lab::new();
    lab.create_account("Physics");
    for number in 0..60 {
        let tag = uuid_tag(&format!("L{number:02}"));
        lab.hold("Physics", &tag, &json!([{ "kind": "perpetual", "quantity": 1 }]));
    }
    let page = |limit: Value, offset: Value| {
        let body = json!({ "virtualAccounts": ["Physics"], "limit": limit, "offset": offset });
        let list = lab.good("POST", &format!("{ROOT}/licenses"), &body);
        assert_eq!(list["totalRecords"], 60);
        let names = list["licenses"].as_array().unwrap().iter();
        names.map(|row| row["license"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(page(Value::Null, Value::Null).len(), 50);
    assert_eq!(page(json!(-1), json!(0)).len(), 60);
    assert_eq!(page(json!(2), json!(3)), ["L03", "L04"]);
    assert_eq!(page(json!("50"), json!("50")).len(), 10);
    assert_eq!(page(json!(50), json!(60)), [""; 0]);
}

#[test]
fn limits_and_offsets_that_mean_nothing_are_refused_by_every_list() {
    let lab = Lab::new();
    for (call, text) in [
        ("licenses", "Invalid limit or offset value"),
        ("license-subscriptions", "Invalid limit or offset value"),
        ("devices", "Invalid limit or offset value"),
        ("alerts", "Invalid limit, offset or severity value"),
    ] {
        for body in [
            json!({ "limit": 0 }),
            json!({ "limit": -2 }),
            json!({ "offset": -1 }),
            json!({ "limit": "x" }),
        ] {
            let refused = lab.call("POST", &format!("{ROOT}/{call}"), &body);
            assert_eq!((refused.0, message(&refused)), (422, text), "{call} {body}");
        }
    }
    let search = lab.call("GET", &format!("{}/devices?limit=0", super::DEFAULT), &Value::Null);
    assert_eq!((search.0, message(&search)), (422, "Invalid limit or offset value"));
}

#[test]
fn subscriptions_are_listed_by_their_state() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let term = |quantity: u32, id: &str, end: u64| {
        json!({ "kind": "term", "quantity": quantity, "starts_at_ms": 0, "ends_at_ms": end,
            "subscription_id": id })
    };
    lab.hold(
        "Physics",
        LICENCE,
        &json!([
            term(3, "Sub1", START_MS + DAY_MS), term(4, "Sub2", START_MS),
            { "kind": "perpetual", "quantity": 1 }
        ]),
    );
    let of = |status: Value| {
        let body = json!({ "status": status });
        let list = lab.good("POST", &format!("{ROOT}/license-subscriptions"), &body);
        let rows = list["licenseSubscriptions"].as_array().unwrap().iter();
        rows.map(|row| row["subscriptionId"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of(Value::Null), ["Sub1", "Sub2"]);
    assert_eq!(of(json!(["Active"])), ["Sub1"]);
    assert_eq!(of(json!(["Expired", "Canceled"])), ["Sub2"]);
    assert_eq!(of(json!(["Canceled"])), [""; 0]);
    let body = json!({ "status": ["Lost"] });
    assert_eq!(lab.call("POST", &format!("{ROOT}/license-subscriptions"), &body).0, 422);
}

#[test]
fn severities_are_words_or_numbers_and_nothing_else() {
    let lab = Lab::new();
    let path = format!("{ROOT}/alerts");
    for severity in [json!(null), json!([]), json!(["Major"]), json!([1, "2"]), json!(["Minor", 1])]
    {
        let list = lab.good("POST", &path, &json!({ "severity": severity }));
        assert!(list["alerts"].is_array() && list["totalRecords"].is_u64(), "{list}");
    }
    for severity in [json!(["Severe"]), json!([3]), json!([[]])] {
        let refused = lab.call("POST", &path, &json!({ "severity": severity }));
        let text = "Invalid limit, offset or severity value";
        assert_eq!((refused.0, message(&refused)), (422, text));
    }
}
