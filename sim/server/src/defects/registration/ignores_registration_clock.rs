//! Registers an instance whose clock is more than a day off.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("CERT-009");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut late = Instance { now_ms: START_MS - 2 * DAY_MS, ..Instance::new(1) };
    late.register(server, "valid", false).status != ClassicStatus::Complete
}
