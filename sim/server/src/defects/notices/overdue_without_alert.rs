//! Raises no alert when an account has not synchronized for 30 days.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYNC-009", |notice| {
    if notice.topic == Topic::SynchronizationOverdue {
        notice.alert = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    unsynchronized(server, 40);
    alert(server, "Synchronization Overdue").is_some()
}
