//! Answers messages at the smart receiver with HTTP 405.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-005", |call, answer| {
    if call.posts_to("/licservice/license") {
        *answer = crate::message::ServerAnswer::method_not_allowed("GET");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    let listener = crate::message::Listener::ProductHttps;
    call(server, listener, "POST", RECEIVER, b"{}").status == 200
}
