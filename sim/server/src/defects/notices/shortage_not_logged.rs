//! Sends no syslog line when licences are short.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYSLOG-014", |notice| {
    if notice.topic == Topic::InsufficientLicenses {
        notice.syslog = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    short(server);
    syslog(server, "Insufficient Licenses").is_some()
}
