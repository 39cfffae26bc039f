//! Calls of the admin API, for probes.

pub(crate) use serde_json::{Value, json};

use crate::Server;
use crate::admin::role::ApiGrant;
use crate::defects::Defect;
use crate::handler::tests::{SEED, START_MS};
use crate::message::{Listener, ServerAnswer, ServerRequest};
use crate::{ClockSource, ServerOptions};

pub(crate) const ACCOUNT: &str = "/api/v1/accounts/Muster%20Test%20SA";
pub(crate) const ACCOUNTS: &str = "/api/v1/accounts/Muster%20Test%20SA/virtual-accounts";
pub(crate) const TOKENS: &str =
    "/api/v1/accounts/Muster%20Test%20SA/virtual-accounts/Default/tokens";

const CLIENT: (&str, &str) = ("robot", "a secret of a test");

/// A server that lets one client of the admin API in.
pub(crate) fn lab_server(defects: &[Defect]) -> Server {
    let options = ServerOptions {
        seed: SEED,
        defects: defects.to_vec(),
        api_clients: vec![ApiGrant::everything(CLIENT.0, CLIENT.1)],
        ..ServerOptions::default()
    };
    Server::new(options, ClockSource::Manual { start_ms: START_MS }).unwrap()
}

/// A request of anybody.
pub(crate) fn send(
    server: &Server,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: &Value,
) -> ServerAnswer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = ServerRequest { method, path_and_query: path, headers, body: body.as_bytes() };
    server.answer(Listener::Admin, request)
}

/// The answer to a request for an access token.
pub(crate) fn granted(server: &Server) -> Value {
    let body = json!({
        "grant_type": "client_credentials", "client_id": CLIENT.0, "client_secret": CLIENT.1,
    });
    let answer = send(server, "POST", "/oauth/token", &[], &body);
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

/// One call of the client: status and document.
pub(crate) fn call(server: &Server, method: &str, path: &str, body: Value) -> (u16, Value) {
    let token = granted(server)["access_token"].as_str().unwrap_or_default().to_owned();
    let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
    let answer = send(server, method, path, &headers, &body);
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

/// The answer to the creation of a virtual account.
pub(crate) fn created(server: &Server, name: &str) -> (u16, Value) {
    call(server, "POST", ACCOUNTS, json!({ "name": name, "description": "a laboratory" }))
}

/// The text of a registration token made for nine days.
pub(crate) fn token(server: &Server) -> String {
    let made = call(server, "POST", TOKENS, json!({ "expiresAfterDays": 9 })).1;
    made["tokenInfo"]["token"].as_str().unwrap_or_default().to_owned()
}

/// The answer to a revocation.
pub(crate) fn revoked(server: &Server, tokens: &[&str]) -> (u16, Value) {
    call(server, "POST", &format!("{TOKENS}/revoke"), json!({ "tokens": tokens }))
}

/// The rows of license usage, with two licences in use by one instance.
pub(crate) fn licences(server: &Server, body: Value) -> (u16, Value) {
    let mut instance = crate::classic::tests::Instance::registered(server, 1);
    instance.authorized(server, &[(&crate::classic::tests::tag("X"), 2)]);
    call(server, "POST", &format!("{ACCOUNT}/licenses"), body)
}

/// The rows of product instance usage, with one instance.
pub(crate) fn instances(server: &Server) -> (u16, Value) {
    let mut instance = crate::classic::tests::Instance::registered(server, 1);
    instance.authorized(server, &[(&crate::classic::tests::tag("X"), 2)]);
    call(server, "POST", &format!("{ACCOUNT}/devices"), json!({}))
}
