//! Synchronizes without telling CSSM of the peers of redundant applications.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::sync_request("AHA-017", |request| {
    for instance in &mut request.product_instances {
        for used in &mut instance.entitlements {
            used.peer_info.clear();
        }
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::synchronization::*;
    redundant_request(server)["product_instances"].to_string().contains("peer_info")
}
