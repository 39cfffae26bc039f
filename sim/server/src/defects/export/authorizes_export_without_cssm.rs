//! Authorizes export-controlled licences at an On-Prem without asking CSSM.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("EXP-006");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    exported(server, 1).1.status == ClassicStatus::OkPoll
}
