//! Records no event after a synchronization.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYNC-029", |notice| {
    if notice.topic == Topic::SynchronizationSuccessful {
        notice.event = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    synchronized(server);
    event(server, "Synchronization Successful").is_some()
}
