//! What people see of classic messages: everything opened, nothing secret.

use muster_wire::classic::{ClassicRequest, RequestEnvelope};
use muster_wire::decoded_json;
use serde_json::{Value, json};

use super::{read, snapshot};

fn view(name: &str) -> Value {
    decoded_json(read(name).as_bytes())
}

#[test]
fn people_see_every_text_opened_and_no_secret() {
    for name in [
        "request_registration.json",
        "answer_registration.json",
        "answer_export_authorization.json",
        "request_third_party_key.json",
        "answer_third_party_key.json",
        "answer_failed.json",
        "callhome_request_heartbeat.xml",
        "callhome_fault_version.xml",
        "reservation_code.xml",
    ] {
        let view = view(name);
        for secret in ["MUSTER-TEST-ID-TOKEN", "MUSTER-TEST-KEY", "TVVTVEVSLVRFU1QtSUQtQ0VS"] {
            assert!(!view.to_string().contains(secret), "{name}: {secret}");
        }
        snapshot(&format!("view_of_{name}"), &format!("{view:#}"));
    }
}

#[test]
fn a_text_that_does_not_open_says_why_in_its_place() {
    let body = json!({"credential": {"type": "ID_TOKEN", "value": "s"}, "request": "{"});
    assert_eq!(
        decoded_json(body.to_string().as_bytes()),
        json!({
            "credential": {"type": "ID_TOKEN", "value": "[id token]"},
            "request": {
                "undecodable":
                    "text inside a message: EOF while parsing an object at line 1 column 1",
                "bytes": 1,
            },
        })
    );
    let envelope = RequestEnvelope::decode(read("request_heartbeat.json").as_bytes()).unwrap();
    let request = ClassicRequest { request_data: "[".to_owned(), ..envelope.open().unwrap() };
    let body = RequestEnvelope::new(request.encode(), None, None).encode();
    assert_eq!(decoded_json(&body)["request"]["request_data"]["bytes"], 1);
}

#[test]
fn a_credential_of_an_unknown_form_is_hidden_whole() {
    for (credential, shown) in [
        (json!("secret"), json!("[id token]")),
        (json!(["secret"]), json!("[id token]")),
        (json!({"type": "T", "a": {"b": "secret"}}), json!({"type": "T", "a": "[id token]"})),
        (Value::Null, Value::Null),
    ] {
        let body = json!({"credential": credential, "request": "{}"});
        assert_eq!(decoded_json(body.to_string().as_bytes())["credential"], shown);
    }
}

#[test]
fn an_envelope_that_is_damaged_says_how() {
    let text = read("callhome_request_heartbeat.xml");
    let cut = &text[..text.len() - 1];
    assert_eq!(decoded_json(cut.as_bytes())["bytes"], cut.len());
    let other = text.replace("encoding=\"plain\"", "encoding=\"base64\"");
    assert_eq!(
        decoded_json(other.as_bytes())["data"]["undecodable"],
        r#"Call Home message: Data encoding is "base64", expected plain or text"#
    );
}

#[test]
fn an_artefact_that_is_damaged_says_how_and_a_foreign_page_is_no_message() {
    let code = read("reservation_code.xml").replace("<count>20</count>", "<count>many</count>");
    assert_eq!(
        decoded_json(code.as_bytes())["undecodable"],
        r#"reservation code: entitlement/count is "many", expected a whole number"#
    );
    let page = "<html><body>502 Bad Gateway</body></html>";
    assert_eq!(
        decoded_json(page.as_bytes())["undecodable"],
        "message: expected value at line 1 column 1"
    );
}

#[test]
fn a_document_inside_a_document_is_not_opened_again() {
    let text = read("callhome_request_heartbeat.xml");
    let begin = text.find("<![CDATA[").unwrap();
    let end = text.find("]]>").unwrap() + 3;
    let mut nested = text.clone();
    for _ in 0..3 {
        let inner = muster_wire::xml::escape(&nested);
        nested = format!("{}{inner}{}", &text[..begin], &text[end..]);
    }
    assert!(decoded_json(nested.as_bytes())["data"]["bytes"].is_u64());
}

#[test]
fn collected_reports_and_imports_are_opened() {
    let vectors = super::folder().join("..");
    let reports = std::fs::read(vectors.join("collected_reports.json")).unwrap();
    let view = decoded_json(&reports);
    assert!(view["usage"][0]["report_id"].is_u64(), "{view}");

    let policy = std::fs::read(vectors.join("policy.xml")).unwrap();
    let base64 = muster_wire::transport::instance_service::import_body(&policy);
    let wrapped = json!({"import": base64}).to_string();
    assert_eq!(decoded_json(&policy)["kind"], "policy");
    assert_eq!(decoded_json(base64.as_bytes())["kind"], "policy");
    assert_eq!(decoded_json(wrapped.as_bytes())["import"]["kind"], "policy");
    assert_eq!(decoded_json(br#"{"import":"success"}"#), json!({"import": "success"}));
}
