//! Takes a report although another account holds a record of the instance.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("RUM-041");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    !is_taken(&conflict(server))
}
