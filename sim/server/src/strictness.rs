//! What a strict server refuses and a lenient one overlooks.
//!
//! Assumed: all of it; the documents do not say how careful a server is. Members nobody documented,
//! line numbers used twice, a sender's clock over a day off, a content type that is not the
//! message's, a usage file whose writer cannot be read, and more product instances than an
//! On-Prem's account may have.

use std::collections::BTreeSet;

use muster_wire::Extra;
use muster_wire::transport::smart::SmartRequest;

use crate::message::{ServerAnswer, ServerRequest};
use crate::router::Endpoint;

/// How far the sender's clock may be off: as in the classic era.
const CLOCK_DIFFERENCE_MAX_MS: u64 = 24 * 3_600_000;

const JSON: [&str; 1] = ["application/json"];
const XML: [&str; 3] = ["text/xml", "application/xml", "application/soap+xml"];

/// Refuses a message whose content type is not its own.
pub(crate) fn check_content_type(
    endpoint: Endpoint,
    request: &ServerRequest<'_>,
) -> Result<(), ServerAnswer> {
    let expected: &[&str] = match endpoint {
        Endpoint::CallHome | Endpoint::CallHomeReceiver => &XML,
        _ => &JSON,
    };
    let named = request.headers.iter().find(|(name, _)| name == "content-type");
    let named = named.map(|(_, value)| value.split(';').next().unwrap_or_default().trim());
    match named {
        Some(named) if expected.iter().any(|one| named.eq_ignore_ascii_case(one)) => Ok(()),
        _ => {
            let text = format!("a message to this URL is {}", expected[0]);
            Err(ServerAnswer::text(415, &text))
        }
    }
}

/// What is wrong with a policy-era request that a lenient server would take.
pub(crate) fn check(request: &SmartRequest, now_ms: u64) -> Result<(), String> {
    let sender = &request.sender_info;
    known("the request", &request.extra)?;
    known("sender_info", &sender.extra)?;
    known("connect_info", &sender.connect_info.extra)?;
    let mut numbers = BTreeSet::new();
    for line in &request.license_data {
        known("license_data", &line.extra)?;
        if !numbers.insert(line.request_line_id) {
            return Err(format!("request_line_id {} is used twice", line.request_line_id));
        }
    }
    if sender.timestamp.abs_diff(now_ms) > CLOCK_DIFFERENCE_MAX_MS {
        return Err("the timestamp is over a day off the server's time".to_owned());
    }
    Ok(())
}

fn known(part: &str, extra: &Extra) -> Result<(), String> {
    match extra.keys().next() {
        None => Ok(()),
        Some(name) => {
            let name: String = name.chars().take(64).collect();
            Err(format!("{part} has a member {name:?} that nobody documented"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use muster_wire::Udi;
    use muster_wire::usage_file::UsageFile;
    use serde_json::{Value, json};

    use super::*;
    use crate::account::ACCOUNT_INSTANCES_MAX;
    use crate::handler::tests::{CSLU, Instance, LICENCE, RECEIVER, SEED, START_MS, token};
    use crate::message::Listener;
    use crate::product_instance::UsageRecord;
    use crate::{ClockSource, Server, ServerOptions};

    fn server(strict: bool) -> Server {
        let options = ServerOptions { seed: SEED, strict, ..ServerOptions::default() };
        Server::new(options, ClockSource::Manual { start_ms: START_MS }).unwrap()
    }

    fn post(server: &Server, path: &str, content_type: &str, body: &Value) -> ServerAnswer {
        let headers = [("content-type".to_owned(), content_type.to_owned())];
        let body = body.to_string();
        let request = ServerRequest {
            method: "POST",
            path_and_query: path,
            headers: &headers,
            body: body.as_bytes(),
        };
        server.answer(Listener::ProductHttps, request)
    }

    fn hello() -> Value {
        let lines = json!([
            { "request_type": "HELLO", "request_line_id": 1 },
            { "request_type": "HELLO", "request_line_id": 2 },
        ]);
        serde_json::from_slice(&Instance::new(1).body(lines)).unwrap()
    }

    /// The message of a refusal; none when the request was taken.
    fn refused(server: &Server, body: &Value) -> Option<String> {
        let answer = post(server, RECEIVER, "application/json", body);
        let answer: Value = serde_json::from_slice(&answer.body).unwrap();
        (answer["status"] == "FAILED").then(|| answer["message"].as_str().unwrap().to_owned())
    }

    #[test]
    fn what_only_a_strict_server_refuses_is_named() {
        let (strict, lenient) = (server(true), server(false));
        assert_eq!(refused(&strict, &hello()), None);
        for (pointer, value, why) in [
            ("/color", json!(1), "\"color\""),
            ("/sender_info/color", json!(1), "sender_info"),
            ("/sender_info/connect_info/color", json!(1), "connect_info"),
            ("/license_data/0/color", json!(1), "license_data"),
            ("/license_data/1/request_line_id", json!(1), "twice"),
            ("/sender_info/timestamp", json!(START_MS - 2 * CLOCK_DIFFERENCE_MAX_MS), "day"),
        ] {
            let mut body = hello();
            let (parent, member) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap()[member] = value;
            body["sender_info"]["nonce"] = json!(pointer);
            let said = refused(&strict, &body).unwrap_or_default();
            assert!(said.contains(why), "{pointer}: {said}");
            assert_eq!(refused(&lenient, &body), None, "{pointer}");
        }
    }

    #[test]
    fn an_account_has_room_for_so_many_product_instances() {
        for is_strict in [true, false] {
            let server = server(is_strict);
            let report = |server: &Server, instance: &mut Instance, id| {
                let body = instance.simple_usage(1, id);
                let body = serde_json::from_slice(&body).unwrap();
                let answer = post(server, CSLU, "application/json", &body);
                let answer: Value = serde_json::from_slice(&answer.body).unwrap();
                answer["message_code"].as_str().map(str::to_owned)
            };
            let [mut first, mut second] = [1, 2].map(|number| {
                let mut instance = Instance::new(number);
                let body = instance.trust_body(1, token("valid"));
                let body = serde_json::from_slice(&body).unwrap();
                assert_eq!(refused(&server, &body), None);
                instance
            });
            assert_eq!(report(&server, &mut first, 1), None);
            let mut store = server.0.store();
            let account = store.holdings.named("My VA").unwrap();
            let account = Arc::clone(store.holdings.account(account));
            for number in 2..=ACCOUNT_INSTANCES_MAX {
                let udi = Udi::new("C9300-24T", &format!("MST{number:07}Z"));
                let instance = store.instance_mut(&udi).unwrap();
                instance.account = Some(Arc::clone(&account));
                instance.record = Some(UsageRecord::new(Arc::clone(&account)));
            }
            drop(store);
            let full = is_strict.then(|| "ACCOUNT_FULL".to_owned());
            assert_eq!(report(&server, &mut second, 1), full);
            assert_eq!(report(&server, &mut first, 2), None);
        }
    }

    #[test]
    fn a_usage_file_says_who_wrote_it() {
        for (is_strict, code) in [(true, Some("INVALID_REQUEST")), (false, None)] {
            let server = server(is_strict);
            let mut instance = Instance::new(1);
            let body = instance.trust_body(1, token("valid"));
            assert_eq!(refused(&server, &serde_json::from_slice(&body).unwrap()), None);
            let report = instance.report(1, &instance.payload(500, LICENCE, 2));
            let file = UsageFile { reports: vec![report], system_info: None }.encode();
            let writer = "<smartLicenseSystemInfo><data>{}</data></smartLicenseSystemInfo>";
            let file = file.replace("</smartLicense>", &format!("{writer}</smartLicense>"));
            let body = instance.artefact_body("LICENSE_USAGE", &file);
            let body = serde_json::from_slice(&body).unwrap();
            let answer = post(&server, CSLU, "application/json", &body);
            let answer: Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(answer["message_code"].as_str(), code);
        }
    }

    #[test]
    fn a_message_says_what_it_is() {
        let (strict, lenient) = (server(true), server(false));
        for (content_type, status) in
            [("application/json; charset=utf-8", 200), ("text/plain", 415), ("", 415)]
        {
            assert_eq!(post(&strict, CSLU, content_type, &hello()).status, status);
            assert_eq!(post(&lenient, CSLU, content_type, &hello()).status, 200);
        }
    }
}
