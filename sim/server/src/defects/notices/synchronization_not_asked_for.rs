//! Raises no alert that asks to synchronize while conversions wait.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("DLC-012", |notice| {
    if notice.topic == Topic::SynchronizationRequired {
        notice.alert = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    conversion_requested(server);
    alert(server, "Synchronization Required").is_some()
}
