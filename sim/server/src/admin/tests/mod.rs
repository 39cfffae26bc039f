//! The admin API through its front door, called as clients call it.

mod clients;
mod cssm;
mod instances;
mod interop;
mod lists;
mod properties;
mod restart;
mod roles;
mod tokens;
mod transfers;
mod user_groups;
mod virtual_accounts;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::admin::role::{Access, AccountRole, ApiGrant, VirtualAccountRole};
use crate::handler::tests::{SEED, START_MS};
use crate::message::{Listener, ServerAnswer, ServerRequest};
use crate::{ClockSource, Server, ServerOptions};

pub(super) const ACCOUNT: &str = "Muster Test SA";
pub(super) const ROOT: &str = "/api/v1/accounts/Muster%20Test%20SA";
pub(super) const DEFAULT: &str = "/api/v1/accounts/Muster%20Test%20SA/virtual-accounts/Default";
pub(super) const CSSM_ROOT: &str = "/services/api/smart-accounts-and-licensing";
pub(super) const LICENCE: &str =
    "regid.2020-01.com.cisco.MUSTER_LAB,1.0_00000000-0000-4000-8000-000000000001";

/// Every kind of caller there is.
pub(super) const CALLERS: [&str; 6] =
    ["system", "administrator", "user", "pool-administrator", "pool-user", "stranger"];

fn access(name: &str) -> Access {
    let pool = |role| {
        let pools = BTreeMap::from([("Default".to_owned(), role)]);
        Access::to(ACCOUNT, AccountRole::PerVirtualAccount(pools))
    };
    match name {
        "system" => Access::System,
        "administrator" => Access::to(ACCOUNT, AccountRole::Administrator),
        "user" => Access::to(ACCOUNT, AccountRole::User),
        "pool-administrator" => pool(VirtualAccountRole::Administrator),
        "pool-user" => pool(VirtualAccountRole::User),
        _ => Access::to("Somebody else", AccountRole::Administrator),
    }
}

/// A server, and an access token for each kind of caller.
pub(super) struct Lab {
    pub(super) server: Server,
    tokens: BTreeMap<&'static str, String>,
}

impl Lab {
    pub(super) fn new() -> Self {
        Self::with(&["system"])
    }

    pub(super) fn with(callers: &[&'static str]) -> Self {
        let grant = |name: &&str| ApiGrant {
            id: (*name).to_owned(),
            secret: format!("secret of {name}"),
            access: access(name),
        };
        let api_clients = callers.iter().map(grant).collect();
        let options = ServerOptions { seed: SEED, api_clients, ..ServerOptions::default() };
        let clock = ClockSource::Manual { start_ms: START_MS };
        let server = Server::new(options, clock).unwrap();
        let token = |name: &&'static str| {
            let body = json!({ "grant_type": "client_credentials", "client_id": name,
                "client_secret": format!("secret of {name}") });
            let answer = send(&server, "POST", "/oauth/token", &[], &body.to_string());
            (*name, json_of(&answer)["access_token"].as_str().unwrap().to_owned())
        };
        let tokens = callers.iter().map(token).collect();
        Self { server, tokens }
    }

    /// One call of the first caller.
    pub(super) fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.call_as("system", method, path, body)
    }

    pub(super) fn call_as(
        &self,
        caller: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = send(&self.server, method, path, &[self.bearer(caller)], &body);
        (answer.status, json_of(&answer))
    }

    /// A call that must work.
    pub(super) fn good(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.call(method, path, body);
        assert!(status == 200 || status == 202, "{method} {path}: {status} {answer}");
        answer
    }

    pub(super) fn bearer(&self, caller: &str) -> (&'static str, String) {
        ("authorization", format!("Bearer {}", self.tokens[caller]))
    }

    pub(super) fn create_account(&self, name: &str) {
        self.good("POST", &format!("{ROOT}/virtual-accounts"), &json!({ "name": name }));
    }

    /// Sets what an account holds.
    pub(super) fn hold(&self, account: &str, tag: &str, lots: &Value) {
        let body = json!({ "virtual_account": account, "tag": tag, "lots": lots });
        let (path, body) = ("/muster/control/entitlements", body.to_string());
        let answer = send(&self.server, "PUT", path, &[], &body);
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

pub(super) fn send(
    server: &Server,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: &str,
) -> ServerAnswer {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let request =
        ServerRequest { method, path_and_query: path, headers: &headers, body: body.as_bytes() };
    server.answer(Listener::Admin, request)
}

pub(super) fn json_of(answer: &ServerAnswer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

/// The message of an answer.
pub(super) fn message(answer: &(u16, Value)) -> &str {
    answer.1["statusMessage"].as_str().unwrap_or_default()
}
