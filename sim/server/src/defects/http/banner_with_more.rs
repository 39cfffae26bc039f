//! Puts more behind the banner of the smart receiver.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-007", |call, answer| {
    if call.method == "GET" && call.path == "/licservice/license" {
        answer.body.extend_from_slice(b" 1.0\n");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    get(server, RECEIVER).body == b"This is the Smart Receiver!"
}
