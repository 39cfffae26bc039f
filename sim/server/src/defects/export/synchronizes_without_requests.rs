//! Synchronizes without carrying the requests that wait to CSSM.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::sync_request("EXP-009", |request| {
    let waits = |kind| kind == crate::synchronization::document::PendingKind::Export;
    request.pending_requests.retain(|pending| !waits(pending.kind));
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let (mut instance, answer) = exported(server, 1);
    export_decided(server, &mut instance, &answer).is_some()
}
