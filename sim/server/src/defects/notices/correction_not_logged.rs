//! Sends no syslog line when a shortage is over.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYSLOG-016", |notice| {
    if notice.topic == Topic::LicensesCorrected {
        notice.syslog = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    short(server);
    hold_again(server);
    syslog(server, "Licenses Corrected").is_some()
}
