//! Sends its failures under HTTP 500.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("RUM-079", |call, answer| {
    let failed = String::from_utf8_lossy(&answer.body).contains("\"status\":\"FAILED\"");
    if call.method == "POST" && failed && answer.status == 200 {
        answer.status = 500;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    let listener = crate::message::Listener::ProductHttps;
    call(server, listener, "POST", RECEIVER, b"{}").status == 200
}
