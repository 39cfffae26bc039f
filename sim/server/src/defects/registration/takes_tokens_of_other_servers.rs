//! Registers an instance at an On-Prem with a token of CSSM.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("REG-009");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    !registers(server, 1, "cssm_only")
}
