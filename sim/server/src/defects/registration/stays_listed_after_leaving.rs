//! Keeps the record of an instance that says goodbye.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("REG-021");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = registered(server);
    leave(server, &mut instance);
    listed(server, &instance.udi).is_none()
}
