//! Records no event when a product instance registers.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("EVT-010", |notice| {
    if notice.topic == Topic::NewProductInstance {
        notice.event = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    short(server);
    event(server, "New Product Instance").is_some()
}
