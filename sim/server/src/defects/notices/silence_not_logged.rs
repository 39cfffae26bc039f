//! Sends no syslog line when a product instance is silent.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYSLOG-025", |notice| {
    if notice.topic == Topic::ProductInstanceFailedToConnect {
        notice.syslog = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    silent(server, 31);
    syslog(server, "Product Instance Failed to Connect").is_some()
}
