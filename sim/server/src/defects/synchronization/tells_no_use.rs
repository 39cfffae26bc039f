//! Synchronizes without telling CSSM what is in use.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::sync_request("SYNC-026", |request| {
    for instance in &mut request.product_instances {
        instance.entitlements.clear();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::synchronization::*;
    request(server)["product_instances"][0]["entitlements"][0]["count"] == 1
}
