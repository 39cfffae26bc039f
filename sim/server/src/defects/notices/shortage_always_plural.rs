//! Writes of one missing licence as of several.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYSLOG-015", |notice| {
    if let (Topic::InsufficientLicenses, Some(alert)) = (notice.topic, &mut notice.alert) {
        alert.message = alert.message.replace("1 license is", "1 licenses are");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    short(server);
    says(&alert(server, "Insufficient Licenses"), "1 license is required to return to compliance.")
}
