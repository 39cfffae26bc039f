//! Takes a trust id that is not over the last one processed.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TRUST-012");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    !trusts(server, &mut instance, 1, "valid")
}
