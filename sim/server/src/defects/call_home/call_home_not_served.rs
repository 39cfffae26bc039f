//! Does not serve Call Home at its documented On-Prem URL.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-002", |call, answer| {
    if call.path == "/Transportgateway/services/DeviceRequestHandler" {
        *answer = crate::message::ServerAnswer::not_found();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    get(server, CALL_HOME).status == 200
}
