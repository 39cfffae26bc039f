//! Takes reports of unknown instances although Validate Device is on.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("RUM-043");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    !is_taken(&taken(server, CSLU_VALIDATING))
}
