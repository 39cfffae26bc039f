//! Registers one instance only with a token that is for several.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("REG-002");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    registers(server, 1, "valid") && registers(server, 2, "valid")
}
