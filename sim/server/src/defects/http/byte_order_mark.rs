//! Puts a byte order mark before its answers.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("RUM-030", |call, answer| {
    if call.method == "POST" && answer.body.starts_with(b"{") {
        answer.body.splice(..0, *b"\xef\xbb\xbf");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    let listener = crate::message::Listener::ProductHttps;
    call(server, listener, "POST", RECEIVER, b"{}").body.starts_with(b"{")
}
