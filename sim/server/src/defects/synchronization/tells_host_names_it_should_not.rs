//! Tells CSSM host names although data privacy excludes them.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::sync_request("SYNC-022", |request| {
    for instance in &mut request.product_instances {
        instance.hostname = Some(instance.sudi.udi_serial_number.clone());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::synchronization::*;
    private_request(server)["product_instances"][0]["hostname"].is_null()
}
