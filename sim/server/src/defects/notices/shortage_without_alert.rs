//! Raises no alert when licences are short.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("ALERT-003", |notice| {
    if notice.topic == Topic::InsufficientLicenses {
        notice.alert = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    short(server);
    alert(server, "Insufficient Licenses").is_some()
}
