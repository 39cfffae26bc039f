//! Local accounts through the control API, with product instances that feel the difference.

mod files;
mod life;
mod transfers;
mod virtual_accounts;

use muster_wire::classic::ClassicAnswer;
use serde_json::{Value, json};

use crate::Server;
use crate::classic::tests::{Instance, control, opened, post, registered, try_control};

/// Asks for an account with a pair of its own.
pub(crate) fn requested(server: &Server, name: &str) -> Value {
    let request = json!({
        "name": name, "smart_account": "Muster Test SA", "virtual_account": format!("{name} VA"),
        "email": "operator@example.test", "user": "ann",
    });
    control(server, "POST", "local-accounts", &request)
}

/// An account that was asked for and approved.
pub(crate) fn active(server: &Server, name: &str) -> Value {
    requested(server, name);
    change(server, name, &json!({ "action": "approve" }))
}

/// One change of an account that must work.
pub(crate) fn change(server: &Server, name: &str, change: &Value) -> Value {
    let mut change = change.clone();
    change["name"] = json!(name);
    control(server, "PUT", "local-accounts", &change)
}

/// One change that must not work: status and reason.
pub(crate) fn refused(server: &Server, name: &str, change: &Value) -> (u16, String) {
    let mut change = change.clone();
    change["name"] = json!(name);
    let (status, answer) = try_control(server, "PUT", "local-accounts", &change.to_string());
    (status, answer["error"].as_str().unwrap_or_default().to_owned())
}

/// An account as it is listed.
pub(crate) fn account(server: &Server, name: &str) -> Value {
    let all = control(server, "GET", "local-accounts", &json!({}));
    let all = all["local_accounts"].as_array().unwrap().clone();
    all.into_iter().find(|one| one["name"] == name).unwrap_or_default()
}

/// A new token of an account's virtual account.
pub(crate) fn new_token(server: &Server, name: &str, pool: &str) -> String {
    let new = json!({ "local_account": name, "virtual_account": pool, "days": 30 });
    let made = control(server, "POST", "tokens", &new);
    made["token"].as_str().unwrap().to_owned()
}

/// Registers with a token's text, whatever comes of it.
pub(crate) fn register_with(
    server: &Server,
    instance: &mut Instance,
    token: &str,
) -> ClassicAnswer {
    instance.now_ms = server.now_ms();
    let data = instance.registration(false);
    let body = instance.registration_body(data, token);
    opened(server, &post(server, instance.path, &body).body)
}

/// An instance registered in an account's virtual account.
pub(crate) fn registered_in(server: &Server, number: u64, name: &str, pool: &str) -> Instance {
    let token = new_token(server, name, pool);
    let mut instance = Instance::new(number);
    let answer = register_with(server, &mut instance, &token);
    instance.identifier = Some(registered(&answer).product_instance_identifier);
    instance
}

/// The messages of the event log.
pub(crate) fn events(server: &Server) -> Vec<String> {
    let all = control(server, "GET", "events", &json!({}));
    let all = all["events"].as_array().unwrap().clone();
    all.iter().map(|event| event["message"].as_str().unwrap().to_owned()).collect()
}

/// The alerts that stand, as type and severity.
pub(crate) fn alerts(server: &Server) -> Vec<(String, String)> {
    let all = control(server, "GET", "alerts", &json!({}));
    let all = all["alerts"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.iter().map(|alert| (text(&alert["type"]), text(&alert["severity"]))).collect()
}
