//! Does not serve Smart Transport at its documented On-Prem URL.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-001", |call, answer| {
    if call.path == "/SmartTransport" {
        *answer = crate::message::ServerAnswer::not_found();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    get(server, "/SmartTransport").status == 200
}
