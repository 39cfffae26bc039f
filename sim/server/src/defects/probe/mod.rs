//! What the probes of the deviations share: calls, and answers as JSON.

pub(crate) mod api;
pub(crate) mod classic;
pub(crate) mod notices;
pub(crate) mod policy;
pub(crate) mod synchronization;

use serde_json::Value;

use crate::Server;
use crate::message::{Listener, ServerAnswer, ServerRequest};

/// Whether a server behaves as it should, where the deviation shows.
pub(crate) type Probe = fn(&Server) -> bool;

/// CSSM.
pub(crate) const RECEIVER: &str = "/licservice/license";
/// On-Prem, Call Home.
pub(crate) const CALL_HOME: &str = "/Transportgateway/services/DeviceRequestHandler";

pub(crate) fn call(
    server: &Server,
    listener: Listener,
    method: &str,
    path_and_query: &str,
    body: &[u8],
) -> ServerAnswer {
    server.answer(listener, ServerRequest { method, path_and_query, headers: &[], body })
}

pub(crate) fn get(server: &Server, path: &str) -> ServerAnswer {
    call(server, Listener::ProductHttps, "GET", path, b"")
}

/// One call of the control API, whatever comes of it.
pub(crate) fn control(server: &Server, method: &str, resource: &str, body: &Value) -> (u16, Value) {
    let path = format!("/muster/control/{resource}");
    let answer = call(server, Listener::Admin, method, &path, body.to_string().as_bytes());
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}
