//! Answers a GET on the smart receiver's URL with HTTP 404.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-007", |call, answer| {
    if call.method == "GET" && call.path == "/licservice/license" {
        *answer = crate::message::ServerAnswer::not_found();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    get(server, RECEIVER).status == 200
}
