//! Raises a minor alert only when licences are released after 90 days.

use crate::defects::Entry;
use crate::notices::alert::Severity;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("ALERT-011", |notice| {
    if let (Topic::ProductInstanceFailedToRenew, Some(alert)) = (notice.topic, &mut notice.alert) {
        alert.severity = Severity::Minor;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    silent(server, 91);
    alert(server, "Product Instance Failed to Renew")
        .is_some_and(|alert| alert["severity"] == "Major")
}
