//! Leaves subCA out of the trust code.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::trust_code("TRUST-015", |code| code.sub_ca = None);

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    first_trust(server).trust_code.sub_ca.is_some()
}
