//! Synchronizes without telling CSSM who is registered.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::sync_request("SYNC-002", |request| request.product_instances.clear());

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::synchronization::*;
    request(server)["product_instances"].as_array().is_some_and(|list| !list.is_empty())
}
