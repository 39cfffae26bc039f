//! Counts nothing for an application whose peer is active too.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("AHA-007");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    counted(server, [ApplicationRole::Active, ApplicationRole::Active]) == 2
}
