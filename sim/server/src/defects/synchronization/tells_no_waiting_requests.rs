//! Synchronizes without telling CSSM what waits for it.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::sync_request("SLAC-002", |request| request.pending_requests.clear());

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::synchronization::*;
    waiting_request(server)["pending_requests"].as_array().is_some_and(|list| !list.is_empty())
}
