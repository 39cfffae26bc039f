//! Leaves customerInfo out of the trust code.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::trust_code("TRUST-015", |code| code.customer = None);

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    first_trust(server).trust_code.customer.is_some()
}
