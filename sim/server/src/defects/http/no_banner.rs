//! Answers a GET on the smart receiver's URL with another text.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-007", |call, answer| {
    if call.method == "GET" && call.path == "/licservice/license" {
        answer.body = b"It works!".to_vec();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    get(server, RECEIVER).body == b"This is the Smart Receiver!"
}
