//! Registers more instances with a token than it allows.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TOK-006");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    registers(server, 1, "single_use") && !registers(server, 2, "single_use")
}
