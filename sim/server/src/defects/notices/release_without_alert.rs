//! Raises no alert when licences are released after 90 days.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("PIL-005", |notice| {
    if notice.topic == Topic::ProductInstanceFailedToRenew {
        notice.alert = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    silent(server, 91);
    alert(server, "Product Instance Failed to Renew").is_some()
}
