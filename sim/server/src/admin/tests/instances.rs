//! Product instances: listed, searched, moved, removed.

use muster_wire::classic::proposed::credential::Credential;
use muster_wire::classic::{ClassicRequest, RequestData, RequestEnvelope};
use muster_wire::{EntitlementTag, Udi};
use serde_json::{Value, json};

use super::{DEFAULT, LICENCE, Lab, ROOT, message};
use crate::classic::tests::{Instance as ClassicInstance, tag};
use crate::handler::tests::{Instance, post};
use crate::holdings::lot::{Lot, LotSource};

const CSLU: &str = "/cslu/v1/pi/Default-1";
const HERE: &str = "/licservice/license";

fn reporting(lab: &Lab, number: u64) -> Instance {
    let mut instance = Instance::new(number);
    instance.trust(&lab.server, 1, "valid");
    let report = instance.report(1, &instance.payload(1, LICENCE, 3));
    let body = instance.usage_body(vec![report]);
    assert_eq!(post(&lab.server, HERE, &body).status, 200);
    instance
}

fn transfer(udi: &Udi, target: &str) -> Value {
    json!({ "productInstances": [{ "sudi": { "suvi": null, "udiPid": udi.product_id.as_str(),
        "udiSerialNumber": udi.serial_number.as_str() }, "targetVirtualAccount": target }] })
}

/// In use of a licence, by account.
fn in_use(lab: &Lab, account: &str, name: &str) -> u64 {
    let body = json!({ "virtualAccounts": [account], "limit": -1 });
    let list = lab.good("POST", &format!("{ROOT}/licenses"), &body);
    let rows = list["licenses"].as_array().unwrap();
    let row = rows.iter().find(|row| row["license"] == name);
    row.map_or(0, |row| row["inUse"].as_u64().unwrap())
}

#[test]
fn a_token_made_by_the_api_registers_an_instance_that_is_then_listed() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let path = DEFAULT.replace("Default", "Physics");
    let created = lab.good("POST", &format!("{path}/tokens"), &json!({ "expiresAfterDays": 9 }));
    let token = created["tokenInfo"]["token"].as_str().unwrap();
    let mut instance = ClassicInstance::new(7);
    let mut data = instance.registration(false);
    data.hostname = Some("lab-1".into());
    let body = instance.registration_body(data, token);
    crate::classic::tests::post(&lab.server, instance.path, &body);
    let list = lab.good("POST", &format!("{ROOT}/devices"), &Value::Null);
    assert_eq!(list["totalRecords"], 1);
    let row = &list["devices"][0];
    assert_eq!((&row["virtualAccount"], &row["hostName"]), (&json!("Physics"), &json!("lab-1")));
    assert_eq!(row["sudi"]["udiSerialNumber"], instance.udi.serial_number.as_str());
    assert_eq!((&row["sudi"]["suvi"], &row["status"]), (&json!(""), &json!("In Compliance")));
    assert_eq!(row["productTagName"], "regid.2013-08.com.cisco.CSR1000V");
    assert_eq!(row["registrationDate"], "2026-05-28T20:26:40Z");
    let found = lab.good("GET", &format!("{path}/devices?hostName=lab-1"), &Value::Null);
    assert_eq!(
        (&found["totalRecords"], &found["devices"][0]["instanceName"]),
        (&json!(1), &json!("lab-1"))
    );
    assert_eq!(found["devices"][0]["sudi"]["suvi"], Value::Null);
    let none = lab.good("GET", &format!("{path}/devices?udiSerialNumber=x"), &Value::Null);
    assert_eq!(none["totalRecords"], 0);
}

#[test]
fn what_an_instance_said_of_its_machine_is_shown_and_finds_it() {
    let lab = Lab::new();
    let mut instance = ClassicInstance::new(7);
    let mut header = instance.header();
    header.sudi.uuid = Some("062f582e".into());
    header.sudi.mac_address = Some("02:00:00:00:00:01".into());
    let data = RequestData::Registration(instance.registration(false));
    let text = ClassicRequest::new(header, &data).encode();
    let credential = Credential::id_token(crate::classic::tests::token("valid"));
    let body = RequestEnvelope::new(text, None, Some(credential)).encode();
    crate::classic::tests::post(&lab.server, instance.path, &body);
    let list = lab.good("POST", &format!("{ROOT}/devices"), &Value::Null);
    let sudi = &list["devices"][0]["sudi"];
    assert_eq!(
        (&sudi["uuid"], &sudi["macAddress"]),
        (&json!("062f582e"), &"02:00:00:00:00:01".into())
    );
    assert_eq!((&sudi["suvi"], &sudi["udiVid"]), (&json!(""), &json!("")));
    for (query, found) in [
        ("uuid=062f582e", 1),
        ("macAddress=02:00:00:00:00:01", 1),
        ("macAddress=02:00:00:00:00:02", 0),
        ("suvi=", 0),
    ] {
        let path = format!("{DEFAULT}/devices?{query}");
        let answer = lab.good("GET", &path, &Value::Null);
        assert_eq!(answer["totalRecords"], found, "{query}");
    }
}

#[test]
fn an_instance_of_the_policy_era_is_listed_with_what_it_reported() {
    let lab = Lab::new();
    let instance = reporting(&lab, 3);
    let serial = instance.udi.serial_number.as_str();
    let list =
        lab.good("POST", &format!("{ROOT}/devices"), &json!({ "virtualAccounts": ["Default"] }));
    let row = &list["devices"][0];
    assert_eq!(row["licenseUsage"], json!([{ "license": "MUSTER_LAB", "quantity": 3 }]));
    assert_eq!((&row["productName"], &row["status"]), (&json!("C9300"), &json!("In Compliance")));
    let found =
        lab.good("GET", &format!("{DEFAULT}/devices?udiSerialNumber={serial}"), &Value::Null);
    assert_eq!(found["devices"][0]["instanceName"], serial);
    assert_eq!(in_use(&lab, "Default", "MUSTER_LAB"), 3);
    lab.hold("Default", LICENCE, &json!([{ "kind": "perpetual", "quantity": 2 }]));
    let list = lab.good("POST", &format!("{ROOT}/devices"), &Value::Null);
    assert_eq!(list["devices"][0]["status"], "Out Of Compliance");
}

#[test]
fn a_moved_instance_takes_its_use_along_and_leaves_the_purchase() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let licence = tag("LAB");
    let mut classic = ClassicInstance::registered(&lab.server, 1);
    classic.authorized(&lab.server, &[(&licence, 4)]);
    let mut policy = reporting(&lab, 2);
    for udi in [classic.udi.clone(), policy.udi.clone()] {
        let said =
            lab.good("POST", &format!("{DEFAULT}/devices/transfer"), &transfer(&udi, "Physics"));
        assert_eq!(said["statusMessage"], "1 product instances transferred successfully.");
        let pid = udi.product_id.as_str();
        let expected = format!(
            "Device '{pid}' successfully transferred from Virtual Account 'Default' to Virtual \
             Account 'Physics'."
        );
        assert_eq!(said["productsTransferStatus"][0]["statusMessage"], expected);
    }
    for (account, counts) in [("Default", (0, 0)), ("Physics", (4, 3))] {
        let counted = (in_use(&lab, account, "LAB"), in_use(&lab, account, "MUSTER_LAB"));
        assert_eq!(counted, counts, "{account}");
    }
    assert_eq!(classic.state(&lab.server, &[(&licence, 4)]), "OUT_OF_COMPLIANCE");
    // It goes on calling the URL it is configured with.
    policy.now_ms += 1_000;
    let report = policy.report(1, &policy.payload(2, LICENCE, 5));
    let body = policy.usage_body(vec![report]);
    let answer = post(&lab.server, CSLU, &body);
    assert!(String::from_utf8_lossy(&answer.body).contains("OK_POLL"), "{answer:?}");
    assert_eq!(in_use(&lab, "Physics", "MUSTER_LAB"), 5);
}

#[test]
fn an_export_controlled_licence_moves_with_its_instance() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let licence = tag("LAB_HSEC");
    let instance = ClassicInstance::registered(&lab.server, 1);
    {
        let mut store = lab.server.0.store();
        let [from, to] = ["Default", "Physics"].map(|name| store.holdings.named(name).unwrap());
        store.holdings.deposit(from, &licence, Lot::perpetual(2, LotSource::Control));
        store.holdings.reserve(&instance.udi, from, &licence, 2);
        assert_eq!(store.holdings.licence(to, &licence).map(|of| of.reserved), None);
    }
    lab.good("POST", &format!("{DEFAULT}/devices/transfer"), &transfer(&instance.udi, "Physics"));
    let store = lab.server.0.store();
    let to = store.holdings.named("Physics").unwrap();
    let balance = store.holdings.balance(to, &licence, lab.server.now_ms(), true).unwrap();
    assert_eq!((balance.purchased, balance.reserved, balance.available()), (2, 2, 0));
}

#[test]
fn what_cannot_be_moved_is_told_why() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let instance = ClassicInstance::registered(&lab.server, 1);
    let path = format!("{DEFAULT}/devices/transfer");
    let unknown = Udi::new("N897-C0987", "X");
    let none = lab.call("POST", &path, &transfer(&unknown, "Physics"));
    assert_eq!((none.0, message(&none)), (422, "all the product instances failed to transfer"));
    let nowhere = lab.call("POST", &path, &transfer(&instance.udi, "Botany"));
    assert_eq!((nowhere.0, message(&nowhere)), (422, "all the devices failed to transfer"));
    let said = &nowhere.1["productsTransferStatus"][0]["statusMessage"];
    assert_eq!(said, "Failed to find Virtual Account 'Botany'.");
    let mut both = transfer(&unknown, "Physics");
    let good = transfer(&instance.udi, "Physics")["productInstances"][0].clone();
    both["productInstances"].as_array_mut().unwrap().push(good);
    let some = lab.call("POST", &path, &both);
    assert_eq!((some.0, &some.1["status"]), (200, &json!("WARNING")));
    let said = &some.1["productsTransferStatus"][0]["statusMessage"];
    assert_eq!(said, "Failed to find device 'N897-C0987' in Virtual Account 'Default'.");
    let many = json!({ "productInstances": vec![json!({}); 11] });
    assert_eq!(lab.call("POST", &path, &many).0, 422);
    let source =
        lab.call("POST", &path.replace("Default", "Botany"), &transfer(&unknown, "Physics"));
    assert_eq!((source.0, message(&source)), (422, "Failed to find Virtual Account 'Botany'."));
}

#[test]
fn a_removed_instance_is_gone_and_its_licences_are_free() {
    let lab = Lab::new();
    let licence = tag("LAB");
    let mut instance = ClassicInstance::registered(&lab.server, 1);
    instance.authorized(&lab.server, &[(&licence, 4)]);
    let path = format!("{DEFAULT}/devices/remove");
    let serial = instance.udi.serial_number.as_str();
    let request = |product: &str| {
        json!({ "productInstanceRemoveRequests": [{ "productTagName": product,
            "sudi": { "udiPid": "CSR1000V", "udiSerialNumber": serial } }] })
    };
    let refused = lab.call("POST", &path, &request("regid.another"));
    assert_eq!((refused.0, &refused.1["status"]), (422, &json!("ERROR")));
    let removed = lab.good("POST", &path, &request("regid.2013-08.com.cisco.CSR1000V"));
    let said = &removed["statusMessage"];
    assert_eq!(said["statusMessage"], "1 Product Instance(s) removed successfully.");
    let row = &said["removeProductInstancesStatus"][0];
    let text = format!("The Product Instance {serial} was successfully removed.");
    assert_eq!(row["statusMessage"], text);
    assert_eq!(row["device"], format!("udiPid:CSR1000V udiSerialNumber:{serial}"));
    assert_eq!(in_use(&lab, "Default", "LAB"), 0);
    let list = lab.good("POST", &format!("{ROOT}/devices"), &Value::Null);
    assert_eq!(list["totalRecords"], 0);
}

#[test]
fn a_page_over_fifty_thousand_instances_takes_under_fifty_milliseconds() {
    let lab = Lab::new();
    {
        let mut store = lab.server.0.store();
        let account =
            std::sync::Arc::clone(store.holdings.account(store.holdings.named("Default").unwrap()));
        let licence = std::sync::Arc::new(EntitlementTag::new(LICENCE));
        for number in 0..50_000 {
            let udi = Udi::new("C9300-24T", &format!("MST{number:08}"));
            let instance = store.instance_mut(&udi).unwrap();
            instance.account = Some(std::sync::Arc::clone(&account));
            let mut record =
                crate::product_instance::UsageRecord::new(std::sync::Arc::clone(&account));
            record.set_in_use(&licence, 1);
            instance.record = Some(record);
        }
    }
    // A build without optimization is not what is promised for.
    let bound_ms = if cfg!(debug_assertions) { 2_000 } else { 50 };
    for path in [format!("{ROOT}/devices"), format!("{ROOT}/licenses")] {
        let fastest = (0..5)
            .map(|_| {
                let began = std::time::Instant::now();
                let list = lab.good("POST", &path, &json!({ "offset": 40_000 }));
                assert_eq!(list["status"], "SUCCESS");
                began.elapsed().as_millis()
            })
            .min();
        assert!(fastest.unwrap() < bound_ms, "{path}: {fastest:?} ms");
    }
    let last = lab.good("POST", &format!("{ROOT}/devices"), &json!({ "offset": 49_990 }));
    assert_eq!(last["devices"].as_array().unwrap().len(), 10);
    assert_eq!(last["devices"][9]["sudi"]["udiSerialNumber"], "MST00049999");
}
