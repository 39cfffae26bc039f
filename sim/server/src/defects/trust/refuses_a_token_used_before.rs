//! Refuses a good token from an instance that has used it before.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TRUST-023");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    trusts(server, &mut instance, 2, "valid")
}
