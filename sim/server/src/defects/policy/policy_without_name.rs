//! Supplies a policy that has no name.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::policy("POL-021", |terms| terms.name.clear());

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let acknowledgement = acknowledged(server, RECEIVER);
    acknowledgement.is_some_and(|ack| !ack.policies[0].terms.name.is_empty())
}
