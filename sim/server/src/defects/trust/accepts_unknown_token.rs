//! Takes a token it never issued.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TRUST-023");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    !trusts(server, &mut Instance::new(1), 1, "unknown")
}
