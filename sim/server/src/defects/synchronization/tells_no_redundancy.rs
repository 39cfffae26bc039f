//! Synchronizes without telling CSSM of redundant applications.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::sync_request("AHA-016", |request| {
    for instance in &mut request.product_instances {
        for used in &mut instance.entitlements {
            used.application_name = None;
            used.app_role = None;
            used.app_id = None;
        }
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::synchronization::*;
    redundant_request(server)["product_instances"].to_string().contains("application_name")
}
