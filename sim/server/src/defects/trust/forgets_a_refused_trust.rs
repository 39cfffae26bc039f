//! Goes on processing usage after it refused a trust request for its id.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TRUST-033");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    trusts(server, &mut instance, 1, "valid");
    let body = instance.simple_usage(1, 1);
    !is_taken(&ask(server, RECEIVER, &body))
}
