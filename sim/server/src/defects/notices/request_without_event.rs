//! Records no event when a product instance requests licences.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("EVT-013", |notice| {
    if notice.topic == Topic::ProductInstanceRequestedLicense {
        notice.event = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    short(server);
    event(server, "Product Instance Requested License").is_some()
}
