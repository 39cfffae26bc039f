//! Registers instances in the first virtual account, whatever the token says.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("REG-005");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    Instance::new(1).registers(server, "other_account").virtual_account == "My VA"
}
