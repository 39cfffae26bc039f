//! Registers an instance with a revoked token.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TOK-010");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    !registers(server, 1, "revoked")
}
