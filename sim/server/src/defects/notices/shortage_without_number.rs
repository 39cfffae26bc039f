//! Does not say how many licences are short.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("ALERT-004", |notice| {
    if let (Topic::InsufficientLicenses, Some(alert)) = (notice.topic, &mut notice.alert) {
        alert.message = "Licenses are required to return to compliance.".to_owned();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    short(server);
    says(&alert(server, "Insufficient Licenses"), "1 license is required to return to compliance.")
}
