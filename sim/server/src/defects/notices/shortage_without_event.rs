//! Records no event when licences are short.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("EVT-007", |notice| {
    if notice.topic == Topic::InsufficientLicenses {
        notice.event = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    short(server);
    event(server, "Insufficient Licenses").is_some()
}
