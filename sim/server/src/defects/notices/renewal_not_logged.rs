//! Sends no syslog line when an ID certificate is renewed.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYSLOG-027", |notice| {
    if notice.topic == Topic::ProductInstanceRenewedCertificate {
        notice.syslog = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    renewed(server);
    syslog(server, "Product Instance Renewed Certificate").is_some()
}
