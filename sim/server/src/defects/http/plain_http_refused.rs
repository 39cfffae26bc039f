//! Refuses product instances that come over plain HTTP.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-001", |call, answer| {
    if call.listener == crate::message::Listener::ProductHttp {
        *answer = crate::message::ServerAnswer::text(403, "Forbidden");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    let listener = crate::message::Listener::ProductHttp;
    call(server, listener, "GET", "/SmartTransport", b"").status == 200
}
