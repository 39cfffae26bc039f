//! Refuses to register an instance it has a record of, also with the force option.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("REG-012");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = registered(server);
    instance.register(server, "valid", true).status == ClassicStatus::Complete
}
