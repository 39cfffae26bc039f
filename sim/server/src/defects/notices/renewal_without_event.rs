//! Records no event when an ID certificate is renewed.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("EVT-014", |notice| {
    if notice.topic == Topic::ProductInstanceRenewedCertificate {
        notice.event = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    renewed(server);
    event(server, "Product Instance Renewed Certificate").is_some()
}
