//! Raises a minor alert only when an account has not synchronized for 90 days.

use crate::defects::Entry;
use crate::notices::alert::Severity;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYNC-010", |notice| {
    if let (Topic::SynchronizationOverdue, Some(alert)) = (notice.topic, &mut notice.alert) {
        alert.severity = Severity::Minor;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    unsynchronized(server, 120);
    alert(server, "Synchronization Overdue").is_some_and(|alert| alert["severity"] == "Major")
}
