//! Says of a shortage that it is due in 30 days instead of now.

use crate::defects::Entry;
use crate::notices::alert::ActionDue;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("ALERT-003", |notice| {
    if let (Topic::InsufficientLicenses, Some(alert)) = (notice.topic, &mut notice.alert) {
        alert.action_due = ActionDue::Days(30);
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    short(server);
    alert(server, "Insufficient Licenses").is_some_and(|alert| alert["action_due"] == "Now")
}
