//! Does not verify with the key of the ID certificate who sent a request.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("IDC-002");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let instance = registered(server);
    let mut forger = Instance { key: Instance::new(2).key, ..instance };
    let data = forger.heartbeat();
    forger.ask(server, &data).status != ClassicStatus::Complete
}
