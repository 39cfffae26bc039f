//! Raises a minor alert only when licences are short.

use crate::defects::Entry;
use crate::notices::alert::Severity;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("ALERT-003", |notice| {
    if let (Topic::InsufficientLicenses, Some(alert)) = (notice.topic, &mut notice.alert) {
        alert.severity = Severity::Minor;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    short(server);
    alert(server, "Insufficient Licenses").is_some_and(|alert| alert["severity"] == "Major")
}
