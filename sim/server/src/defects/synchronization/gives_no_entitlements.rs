//! Synchronizes without telling the On-Prem what was bought.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::sync_response("SYNC-001", |response| response.entitlements.clear());

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::synchronization::*;
    synchronized(server)["synchronized"]["entitlements"].as_u64() > Some(0)
}
