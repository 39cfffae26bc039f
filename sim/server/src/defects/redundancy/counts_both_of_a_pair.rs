//! Counts the licence of a redundant application twice, active and standby.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("AHA-008");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    counted(server, [ApplicationRole::Active, ApplicationRole::Standby]) == 1
}
