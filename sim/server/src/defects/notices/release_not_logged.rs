//! Sends no syslog line when licences are released after 90 days.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYSLOG-026", |notice| {
    if notice.topic == Topic::ProductInstanceFailedToRenew {
        notice.syslog = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    silent(server, 91);
    syslog(server, "Product Instance Failed to Renew").is_some()
}
