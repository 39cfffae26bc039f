//! Raises no alert while an export-controlled licence waits for CSSM.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("EXP-018", |notice| {
    if notice.topic == Topic::ExportAuthorizationPending {
        notice.alert = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    export_requested(server);
    alert(server, "Export Control Authorization Pending").is_some()
}
