//! Sends no syslog line after a synchronization.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYSLOG-032", |notice| {
    if notice.topic == Topic::SynchronizationSuccessful {
        notice.syslog = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    synchronized(server);
    syslog(server, "Synchronization Successful").is_some()
}
