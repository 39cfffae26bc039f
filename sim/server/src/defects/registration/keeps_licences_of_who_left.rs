//! Goes on counting the licences of an instance that was removed.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("REG-024");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let t = tag("X");
    let mut instance = registered(server);
    instance.authorized(server, &[(&t, 1)]);
    leave(server, &mut instance);
    held(server, "Default", &t)["in_use"].is_null()
}
