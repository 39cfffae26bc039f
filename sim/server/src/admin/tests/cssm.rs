//! The REST calls of CSSM, as published clients make them.

use muster_wire::artefact::Artefact;
use serde_json::{Value, json};

use super::{ACCOUNT, CSSM_ROOT, Lab, ROOT, json_of, send};
use crate::handler::tests::Instance;

const HSEC: &str = "regid.2019-03.com.cisco.DNA_HSEC,1.0_509c41ab-05a8-431f-95fe-ec28086e8844";
const LICENCE: &str =
    "regid.2018-12.com.cisco.DNA_P_250M_A,1.0_0fd78701-7613-45a5-a3e1-8f1b619304fa";
const SOFTWARE: &str = "regid.2019-10.com.cisco.C8000V,1.0_e361c3dc-27c2-4084-b4a4-cae639cff335";

fn sudi() -> Value {
    json!({ "udi_pid": "C8000V", "udi_serial_number": "MST12345" })
}

fn call(lab: &Lab, method: &str, path: &str, body: &Value) -> (u16, Value) {
    lab.call(method, &format!("{CSSM_ROOT}{path}"), body)
}

fn exchange(nonce: &str, more: Value) -> Value {
    let mut data = json!({ "timestamp": 1_656_010_025_453_u64, "nonce": nonce });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "data": data })
}

fn poll(lab: &Lab, promised: &Value, action: &str) -> (u16, Value) {
    let more = json!({ "poll_id": promised["poll_id"], "action": action });
    call(lab, "POST", "/v2/accounts/poll", &exchange("poll", more))
}

#[test]
fn accounts_are_found_with_identifiers_and_roles() {
    let lab = Lab::new();
    let (status, found) = call(&lab, "GET", "/v2/accounts/search", &Value::Null);
    let account = &found["accounts"][0];
    assert_eq!((status, &account["domain"]), (200, &json!(ACCOUNT)));
    let first = &account["virtual_accounts"][0];
    assert_eq!((&first["name"], &first["default"]), (&json!("Default"), &json!(true)));
    assert!(first["virtual_account_id"].as_str().unwrap().parse::<u64>().is_ok());
    let (_, roles) = call(&lab, "GET", "/v2/accounts/", &Value::Null);
    let role = &roles["accounts"][0]["roles"][0];
    assert_eq!(role["virtualAccount"], "Default");
    let (status, list) = call(
        &lab,
        "GET",
        "/v1/accounts/Muster%20Test%20SA/customer/virtual-accounts",
        &Value::Null,
    );
    assert_eq!((status, &list["virtualAccounts"][0]["name"]), (200, &json!("Default")));
}

#[test]
fn an_authorization_code_is_requested_polled_for_and_returned() {
    let lab = Lab::new();
    let keys = json!([{ "entitlement": HSEC, "count": "1" }]);
    let line = json!({ "sudi": sudi(), "hostname": "lab", "keys": keys });
    let order = exchange("random1234", json!({ "licenses": [line] }));
    let (status, promised) = call(&lab, "POST", "/v2/devices/authrequest", &order);
    assert_eq!((status, &promised["status"]), (202, &json!("OK_POLL")));
    assert_eq!((&promised["message"], &promised["poll_interval"]), (&Value::Null, &json!(300)));
    assert_eq!(
        (&promised["nonce"], &promised["timestamp"]),
        (&json!("random1234"), &order["data"]["timestamp"])
    );
    assert!(promised["poll_id"].as_u64().unwrap() > 1 << 53);
    let (status, polled) = poll(&lab, &promised, "authorizations");
    assert_eq!(
        (status, &polled["status"], &polled["type"]),
        (200, &json!("COMPLETE"), &json!("authorizations"))
    );
    let one = &polled["data"]["authorizations"][0];
    assert_eq!((&one["status"], &one["sudi"]), (&json!("SUCCESS"), &sudi()));
    let code = one["smart_license"].as_str().unwrap();
    assert!(matches!(Artefact::from_smart_license(code), Ok(Artefact::Authorization(_))));
    // Whoever lost the answer gets it again.
    assert_eq!(poll(&lab, &promised, "authorizations").1["data"], polled["data"]);
    let summary = exchange("s", json!({ "tags": [HSEC] }));
    let (_, summary) = call(&lab, "POST", "/v3/licenses/summary", &summary);
    assert_eq!(summary["summary"][0]["prepaid_reserved"], 1);
    let used = |root: &str| {
        let list = lab.good("POST", &format!("{root}/licenses"), &json!({ "limit": -1 }));
        let rows = list["licenses"].as_array().unwrap();
        let row = rows.iter().find(|row| row["license"] == "Router HSEC").unwrap();
        (row["inUse"].as_u64(), row["reserved"].as_u64())
    };
    let at_cssm = format!("{CSSM_ROOT}/v1/accounts/Muster%20Test%20SA");
    assert_eq!((used(&at_cssm), used(ROOT)), ((Some(1), Some(1)), (Some(0), Some(1))));
    let back = json!({ "sudi": sudi(), "remove_code": "Cabc12-345678-abcdef" });
    let order = exchange("back", json!({ "licenses": [back] }));
    let (_, promised) = call(&lab, "POST", "/v2/devices/authrequest", &order);
    let (_, polled) = poll(&lab, &promised, "authorizations");
    assert_eq!(polled["data"]["authorizations"][0]["status"], "SUCCESS");
    let store = lab.server.0.store();
    let udi = muster_wire::Udi::new("C8000V", "MST12345");
    assert!(store.holdings.reserved(&udi).is_empty());
}

#[test]
fn a_licence_that_is_not_held_is_refused_in_its_line() {
    let lab = Lab::new();
    let keys = json!([{ "entitlement": LICENCE, "count": 1 }]);
    let order = exchange("n", json!({ "licenses": [{ "sudi": sudi(), "keys": keys }] }));
    let (_, promised) = call(&lab, "POST", "/v2/devices/authrequest", &order);
    let (_, polled) = poll(&lab, &promised, "authorizations");
    let one = &polled["data"]["authorizations"][0];
    assert_eq!((&one["status"], &one["smart_license"]), (&json!("FAILED"), &Value::Null));
    assert_eq!(one["error_code"], "INVALID_ENTITLEMENT");
}

fn report(id: u64, count: &str) -> Value {
    let payload = json!({
        "asset_identification": {
            "asset": { "name": SOFTWARE },
            "instance": { "sudi": sudi() },
            "signature": { "signing_type": "builtin", "key": SOFTWARE, "value": "VJL1uX=" },
        },
        "meta": { "entitlement_tag": LICENCE, "report_id": id, "ha_udi": [] },
        "measurements": [{ "log_time": 9, "metric_name": "ENTITLEMENT", "start_time": 1,
            "end_time": 9, "sample_interval": 8, "num_samples": 1,
            "value": { "type": "COUNT", "value": count } }],
    });
    json!({ "payload": payload.to_string(), "signature": { "sudi": sudi(),
        "signing_type": "SHA-256", "key": SOFTWARE, "value": "FhWJQorLD=" } })
}

fn usage(reports: &[Value]) -> Value {
    exchange("u", json!({ "reports": [{ "sudi": sudi(), "usage": reports }] }))
}

#[test]
fn usage_is_reported_acknowledged_and_not_taken_twice() {
    let lab = Lab::new();
    let path = "/v2/devices/reportusage";
    let reports = [report(1_646_687_340, "1"), report(1_646_687_341, "2")];
    let (status, promised) = call(&lab, "POST", path, &usage(&reports));
    assert_eq!((status, &promised["action"]), (202, &json!("acknowledgements")));
    let (_, polled) = poll(&lab, &promised, "acknowledgements");
    let one = &polled["data"]["acknowledgements"][0];
    assert_eq!(one["software_tag_identifier"], SOFTWARE);
    let file = one["smart_license"].as_str().unwrap();
    match Artefact::from_smart_license(file).unwrap() {
        Artefact::Acknowledgement(acknowledged) => assert_eq!(acknowledged.data.acks.len(), 2),
        other => panic!("{other:?}"),
    }
    let (_, again) = call(&lab, "POST", path, &usage(&reports));
    assert_eq!(again["status"], "FAILED");
    assert!(!again["message"].as_str().unwrap().is_empty());
    let (_, changed) = call(&lab, "POST", path, &usage(&[report(1_646_687_341, "3")]));
    assert_eq!(changed["status"], "FAILED");
    let (_, list) = call(&lab, "POST", "/v1/accounts/Muster%20Test%20SA/devices", &Value::Null);
    let row = &list["devices"][0];
    assert_eq!(row["licenseUsage"], json!([{ "license": "DNA Advantage 250M", "quantity": 2 }]));
    assert_eq!(
        (&row["sudi"]["uuid"], &row["displayName"]),
        (&Value::Null, &json!("UDI_PID:C8000V; UDI_SN:MST12345; "))
    );
}

#[test]
fn a_report_that_names_the_trust_in_force_must_be_signed_right() {
    let lab = Lab::new();
    let mut instance = Instance::new(4);
    instance.trust(&lab.server, 1, "valid");
    let report = instance.report(1, &instance.payload(1, LICENCE, 3));
    let mut forged = serde_json::to_value(&report).unwrap();
    forged["payload"] = json!(report.payload.replace("\"3\"", "\"4\""));
    let order = |report: Value| {
        exchange("t", json!({ "reports": [{ "sudi": instance.sudi(), "usage": [report] }] }))
    };
    let (_, refused) = call(&lab, "POST", "/v2/devices/reportusage", &order(forged));
    assert_eq!(refused["message_code"], "INVALID_SIGNATURE");
    let good = serde_json::to_value(&report).unwrap();
    let (_, taken) = call(&lab, "POST", "/v2/devices/reportusage", &order(good));
    assert_eq!(taken["status"], "OK_POLL");
}

#[test]
fn a_poll_id_belongs_to_whoever_got_it() {
    let lab = Lab::with(&["system", "administrator"]);
    let (_, promised) = call(&lab, "POST", "/v2/devices/reportusage", &usage(&[report(1, "1")]));
    let more = json!({ "poll_id": promised["poll_id"], "action": "acknowledgements" });
    let (path, order) = (format!("{CSSM_ROOT}/v2/accounts/poll"), exchange("p", more));
    let (_, theirs) = lab.call_as("administrator", "POST", &path, &order);
    assert_eq!(
        (&theirs["status"], &theirs["message_code"]),
        (&json!("FAILED"), &json!("UNKNOWN_POLL_ID"))
    );
    let text = exchange("p", json!({ "poll_id": promised["poll_id"].to_string() }));
    assert_eq!(lab.call("POST", &path, &text).1["status"], "COMPLETE");
    for poll_id in [json!(null), json!("x"), json!(1.5), json!([])] {
        let order = exchange("p", json!({ "poll_id": poll_id }));
        assert_eq!(lab.call("POST", &path, &order).1["status"], "FAILED");
    }
}

#[test]
fn a_result_is_not_there_before_its_time() {
    let lab = Lab::new();
    let change = json!({ "acknowledge_after_ms": 1_000 }).to_string();
    assert_eq!(send(&lab.server, "PUT", "/muster/control/settings", &[], &change).status, 200);
    let (_, promised) = call(&lab, "POST", "/v2/devices/reportusage", &usage(&[report(1, "1")]));
    assert_eq!(poll(&lab, &promised, "acknowledgements").1["status"], "OK_POLL");
    lab.server.advance_clock(1_000);
    assert_eq!(poll(&lab, &promised, "acknowledgements").1["status"], "COMPLETE");
}

#[test]
fn the_headers_choose_the_account_by_identifier_or_name() {
    let lab = Lab::with(&["system", "pool-user"]);
    let (_, found) = call(&lab, "GET", "/v2/accounts/search", &Value::Null);
    let other = &found["accounts"][0]["virtual_accounts"][1];
    let path = format!("{CSSM_ROOT}/v3/licenses/summary");
    let body = exchange("s", json!({ "tags": [HSEC] })).to_string();
    let ask = |caller: &str, account: &Value| {
        let header = ("x-csw-virtual-account-id", account.as_str().unwrap().to_owned());
        send(&lab.server, "POST", &path, &[lab.bearer(caller), header], &body)
    };
    for account in [&other["virtual_account_id"], &other["name"]] {
        let answer = ask("system", account);
        assert_eq!(json_of(&answer)["summary"][0]["prepaid_entitled"], 0, "{account}");
        assert_eq!(ask("pool-user", account).status, 403);
    }
    assert_eq!(ask("system", &json!("nobody")).status, 403);
}

#[test]
fn a_token_made_at_cssm_gives_trust() {
    let lab = Lab::new();
    let path = "/v1/accounts/Muster%20Test%20SA/virtual-accounts/My%20VA/tokens";
    let (status, created) = call(&lab, "POST", path, &json!({ "expiresAfterDays": "365" }));
    assert_eq!(status, 200, "{created}");
    let token = created["tokenInfo"]["token"].as_str().unwrap().to_owned();
    let mut instance = Instance::new(5);
    let body = instance.trust_body(1, Some(token));
    let answer = crate::handler::tests::post(&lab.server, "/licservice/license", &body);
    assert!(String::from_utf8_lossy(&answer.body).contains("COMPLETE"), "{answer:?}");
    let store = lab.server.0.store();
    let account = store.instance(&instance.udi).unwrap().account.clone().unwrap();
    assert_eq!(account.virtual_account, "My VA");
}
