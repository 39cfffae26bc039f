//! Goes on counting the licences of an instance that was silent for 90 days.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("PIL-006");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let t = tag("X");
    registered(server).authorized(server, &[(&t, 1)]);
    server.advance_clock(90 * DAY_MS);
    held(server, "Default", &t)["in_use"].is_null()
}
