//! Occasions to tell of, and what the control API says was told, for probes.

use serde_json::{Value, json};

use super::classic::{DAY_MS, control, convert, exported, hold, leave, registered, renew, tag};
use crate::Server;

/// The record of a topic, by its documented title.
fn told(server: &Server, resource: &str, topic: &str) -> Option<Value> {
    let listed = control(server, "GET", resource, &json!({}));
    let listed = listed[resource].as_array()?.clone();
    listed.into_iter().find(|record| record["type"] == topic)
}

pub(crate) fn alert(server: &Server, topic: &str) -> Option<Value> {
    told(server, "alerts", topic)
}

pub(crate) fn event(server: &Server, topic: &str) -> Option<Value> {
    told(server, "events", topic)
}

pub(crate) fn syslog(server: &Server, topic: &str) -> Option<Value> {
    told(server, "syslog", topic)
}

/// Whether an alert has these words in its message.
pub(crate) fn says(alert: &Option<Value>, words: &str) -> bool {
    alert.as_ref().is_some_and(|alert| alert["message"].to_string().contains(words))
}

/// One licence is in use, and none is held.
pub(crate) fn short(server: &Server) {
    hold(server, "Default", &tag("X"), 0);
    registered(server).authorized(server, &[(&tag("X"), 1)]);
}

/// The licence that was short is bought.
pub(crate) fn hold_again(server: &Server) {
    hold(server, "Default", &tag("X"), 5);
}

/// A product instance was heard of so many days ago.
pub(crate) fn silent(server: &Server, days: u64) {
    registered(server).authorized(server, &[(&tag("X"), 1)]);
    server.advance_clock(days * DAY_MS);
}

/// A product instance came and went.
pub(crate) fn removed(server: &Server) {
    let mut instance = registered(server);
    leave(server, &mut instance);
}

/// A product instance has another ID certificate.
pub(crate) fn renewed(server: &Server) {
    let mut instance = registered(server);
    renew(server, &mut instance);
}

/// An export-controlled licence waits for CSSM.
pub(crate) fn export_requested(server: &Server) {
    exported(server, 1);
}

/// A conversion waits for CSSM.
pub(crate) fn conversion_requested(server: &Server) {
    let mut instance = registered(server);
    convert(server, &mut instance);
}

/// All accounts synchronized.
pub(crate) fn synchronized(server: &Server) {
    control(server, "POST", "synchronize", &json!({}));
}

/// No account synchronizes for so many days.
pub(crate) fn unsynchronized(server: &Server, days: u64) {
    control(server, "PUT", "synchronization", &json!({ "link_up": false }));
    server.advance_clock(days * DAY_MS);
}

/// A token was made.
pub(crate) fn token_made(server: &Server) {
    control(server, "POST", "tokens", &json!({ "virtual_account": "Default", "days": 9 }));
}
