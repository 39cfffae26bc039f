//! Raises no alert when a product instance is silent for 30 days.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("PIL-003", |notice| {
    if notice.topic == Topic::ProductInstanceFailedToConnect {
        notice.alert = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    silent(server, 31);
    alert(server, "Product Instance Failed to Connect").is_some()
}
