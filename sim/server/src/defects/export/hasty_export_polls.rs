//! Lets an instance poll for an export-controlled licence every minute.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("EXP-007");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    interval(&exported(server, 1).1) == Some(3600)
}
