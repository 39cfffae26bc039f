//! Renews an ID certificate that has expired.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("IDC-008");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = registered(server);
    server.advance_clock(400 * DAY_MS);
    renew(server, &mut instance).status != ClassicStatus::Complete
}
