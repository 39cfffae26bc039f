//! Does not record that an instance was heard of.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("PIL-002");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = registered(server);
    server.advance_clock(DAY_MS);
    let data = instance.heartbeat();
    instance.ask(server, &data);
    listed(server, &instance.udi).is_some_and(|one| one["last_contact_ms"] == server.now_ms())
}
