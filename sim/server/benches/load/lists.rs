//! What one page of each list of the admin API takes, over as many product instances as an
//! On-Prem may have, half of them in each of two virtual accounts.

use std::time::{Duration, Instant};

use muster_server::{
    Access, ApiGrant, ClockSource, Listener, Server, ServerOptions, ServerRequest, SigningMode,
};
use serde_json::{Value, json};

use crate::instance::{self, CSLU, Instance, RECEIVER, line_status, poll_id};

/// Where the instances of the other half report.
const OTHER: &str = "/cslu/v1/pi/My%20VA-1";
const ROOT: &str = "/api/v1/accounts/Muster%20Test%20SA";
const CSSM: &str = "/services/api/smart-accounts-and-licensing";
/// How often each call is made.
const TIMES: usize = 21;

/// Fills a server and asks it for pages.
pub(crate) fn lists(count: u64) {
    let server = filled(count);
    let bearer = bearer(&server);
    for (method, path, body) in calls(count) {
        let mut took = Vec::new();
        let mut answer = Vec::new();
        for _ in 0..TIMES {
            let began = Instant::now();
            answer = call(&server, method, &path, Some(&bearer), &body);
            took.push(began.elapsed());
        }
        took.sort_unstable();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        let ms = |took: Duration| took.as_secs_f64() * 1e3;
        println!(
            "lists {count:>6} {:>8.3} ms (slowest {:>8.3}) of {:>5}: {method} {} {body}",
            ms(took[TIMES / 2]),
            ms(took[TIMES - 1]),
            answer.get("totalRecords").unwrap_or(&Value::Null),
            path.trim_start_matches(ROOT).trim_start_matches(CSSM),
        );
    }
}

/// Every list, with each thing a caller may ask for.
fn calls(count: u64) -> Vec<(&'static str, String, Value)> {
    let (devices, licences) = (format!("{ROOT}/devices"), format!("{ROOT}/licenses"));
    let search = |query: &str| format!("{ROOT}/virtual-accounts/Default/devices?{query}");
    let (middle, last) = (count / 2, count.saturating_sub(50));
    vec![
        ("POST", devices.clone(), json!({})),
        ("POST", devices.clone(), json!({ "limit": 50, "offset": middle })),
        ("POST", devices.clone(), json!({ "limit": 50, "offset": last })),
        ("POST", devices.clone(), json!({ "limit": 1_000, "offset": middle })),
        ("POST", devices.clone(), json!({ "virtualAccounts": ["My VA"], "offset": middle / 2 })),
        ("POST", devices, json!({ "limit": 50, "offset": count + 1 })),
        ("GET", search(""), Value::Null),
        ("GET", search(&format!("limit=50&offset={}", middle.saturating_sub(50))), Value::Null),
        ("GET", search("udiSerialNumber=MST00000100"), Value::Null),
        ("GET", search("instanceName=MST00000100&udiPid=C9300-24T"), Value::Null),
        ("GET", search("hostName=nobody"), Value::Null),
        ("GET", search("productTagName=nothing"), Value::Null),
        ("POST", licences.clone(), json!({})),
        ("POST", licences, json!({ "virtualAccounts": ["Default"], "offset": 1 })),
        ("POST", format!("{ROOT}/license-subscriptions"), json!({ "status": ["Active"] })),
        ("POST", format!("{ROOT}/alerts"), json!({ "severity": ["Major", "Minor"] })),
        ("GET", format!("{ROOT}/virtual-accounts"), Value::Null),
        ("GET", format!("{ROOT}/virtual-accounts/Default/tokens"), Value::Null),
        ("POST", format!("{CSSM}/v1/accounts/Muster%20Test%20SA/devices"), json!({})),
        ("POST", format!("{CSSM}/v1/accounts/Muster%20Test%20SA/licenses"), json!({})),
        ("GET", format!("{CSSM}/v2/accounts/search"), Value::Null),
    ]
}

fn filled(count: u64) -> Server {
    let grant =
        ApiGrant { id: "bench".to_owned(), secret: "bench".to_owned(), access: Access::System };
    let options =
        ServerOptions { api_clients: vec![grant], ..instance::options(SigningMode::Fast) };
    let clock: ClockSource = instance::CLOCK;
    let server = Server::new(options, clock).unwrap();
    let post = |path, body: &[u8]| {
        let request = ServerRequest { method: "POST", path_and_query: path, headers: &[], body };
        server.answer(Listener::ProductHttps, request).body
    };
    for number in 0..count {
        let mut instance = Instance::new(number);
        assert_eq!(line_status(&post(RECEIVER, &instance.trust(1))), "COMPLETE");
        let tenant = if number % 2 == 0 { CSLU } else { OTHER };
        assert!(poll_id(&post(tenant, &instance.usage(1))).is_u64());
    }
    server
}

fn bearer(server: &Server) -> String {
    let wanted = json!({
        "grant_type": "client_credentials", "client_id": "bench", "client_secret": "bench",
    });
    let answer = call(server, "POST", "/oauth/token", None, &wanted);
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    format!("Bearer {}", answer["access_token"].as_str().unwrap())
}

fn call(server: &Server, method: &str, path: &str, bearer: Option<&str>, body: &Value) -> Vec<u8> {
    let headers: Vec<_> =
        bearer.iter().map(|text| ("authorization".to_owned(), (*text).to_owned())).collect();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request =
        ServerRequest { method, path_and_query: path, headers: &headers, body: body.as_bytes() };
    let answer = server.answer(Listener::Admin, request);
    assert!(answer.status < 300, "{method} {path}: {answer:?}");
    answer.body
}
