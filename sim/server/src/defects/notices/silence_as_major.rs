//! Raises a major alert when a product instance is silent for 30 days.

use crate::defects::Entry;
use crate::notices::alert::Severity;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("ALERT-010", |notice| {
    if let (Topic::ProductInstanceFailedToConnect, Some(alert)) = (notice.topic, &mut notice.alert)
    {
        alert.severity = Severity::Major;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    silent(server, 31);
    alert(server, "Product Instance Failed to Connect")
        .is_some_and(|alert| alert["severity"] == "Minor")
}
