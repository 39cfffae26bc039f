//! Synchronizations through the control API, with product instances that feel the difference.

mod ageing;
mod files;
mod network;
mod waiting;

use muster_wire::EntitlementTag;
use serde_json::{Value, json};

use crate::Server;
use crate::classic::tests::{control, try_control};

/// The pair of an account made by the tests of local accounts.
pub(super) fn bought(server: &Server, name: &str, tag: &EntitlementTag, quantity: u32) -> Value {
    let change = json!({
        "virtual_account": format!("{name} VA"), "tag": tag, "purchased": quantity,
    });
    control(server, "PUT", "cssm-entitlements", &change)
}

/// What a synchronization of an account did.
pub(super) fn synchronized(server: &Server, name: &str, sync_type: &str) -> Value {
    let order = json!({ "local_account": name, "type": sync_type });
    control(server, "POST", "synchronize", &order)["synchronized"].clone()
}

/// Why an account was not synchronized.
pub(super) fn refused(server: &Server, name: &str) -> (u16, String) {
    let order = json!({ "local_account": name });
    let (status, answer) = try_control(server, "POST", "synchronize", &order.to_string());
    (status, answer["error"].as_str().unwrap_or_default().to_owned())
}

/// The On-Prem of an account, as CSSM shows it.
pub(super) fn at_cssm(server: &Server, name: &str) -> Value {
    let all = control(server, "GET", "on-prems", &json!({}));
    let all = all["on_prems"].as_array().unwrap().clone();
    all.into_iter().find(|of| of["local_account"] == name).unwrap_or_default()
}

/// A licence of an account's virtual account: what was bought.
pub(super) fn purchased(server: &Server, name: &str, pool: &str, tag: &EntitlementTag) -> u64 {
    let (now_ms, store) = (server.now_ms(), server.0.store());
    let number = store.holdings.found(name, pool).unwrap();
    store.holdings.licence(number, tag).map_or(0, |licence| licence.purchased(now_ms))
}

/// Changes what is set for synchronization.
pub(super) fn set(server: &Server, change: &Value) {
    control(server, "PUT", "synchronization", change);
}
