//! Does not compare a report's trust id with the trust in force.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TRUST-002");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    let body = instance.simple_usage(9, 1);
    !is_taken(&ask(server, RECEIVER, &body))
}
