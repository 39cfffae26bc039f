//! Takes a token of another account than the instance's.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TRUST-022");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = Instance::new(1);
    trusts(server, &mut instance, 1, "other_account") && !trusts(server, &mut instance, 2, "valid")
}
