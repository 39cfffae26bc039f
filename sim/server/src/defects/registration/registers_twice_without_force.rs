//! Registers an instance it still has a record of, without the force option.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("REG-011");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = registered(server);
    instance.register(server, "valid", false).status != ClassicStatus::Complete
}
