//! Does not say in how many days a silent product instance may degrade.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("PIL-007", |notice| {
    if let (Topic::ProductInstanceFailedToConnect, Some(alert)) = (notice.topic, &mut notice.alert)
        && let Some((before, _)) = alert.message.split_once(" within the next")
    {
        alert.message = format!("{before}.");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    silent(server, 31);
    says(&alert(server, "Product Instance Failed to Connect"), "within the next")
}
