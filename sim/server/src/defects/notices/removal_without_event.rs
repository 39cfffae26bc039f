//! Records no event when a product instance is removed.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("EVT-012", |notice| {
    if notice.topic == Topic::ProductInstanceRemoved {
        notice.event = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    removed(server);
    event(server, "Product Instance Removed").is_some()
}
