//! Refuses reports of unknown instances although Validate Device is off.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("RUM-044");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    is_taken(&taken(server, CSLU))
}
