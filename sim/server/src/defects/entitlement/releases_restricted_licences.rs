//! Releases also the export-controlled licences of an instance that was silent for 90 days.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("PIL-013");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let (mut instance, answer) = exported(server, 1);
    export_decided(server, &mut instance, &answer);
    server.advance_clock(91 * DAY_MS);
    held(server, "Default", &tag("X_HSEC"))["reserved"] == 1
}
