//! Refuses old agents also after the synchronization that brings their certificate.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("CERT-015");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    server.advance_clock(15 * DAY_MS);
    control(server, "POST", "synchronize", &json!({}));
    let capabilities = Vec::new();
    let mut old = Instance { capabilities, now_ms: server.now_ms(), ..Instance::new(1) };
    old.register(server, "valid", false).status == ClassicStatus::Complete
}
