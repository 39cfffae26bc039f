//! Sends no syslog line while an export-controlled licence waits for CSSM.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYSLOG-010", |notice| {
    if notice.topic == Topic::ExportAuthorizationPending {
        notice.syslog = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    export_requested(server);
    syslog(server, "Export Control Authorization Pending").is_some()
}
