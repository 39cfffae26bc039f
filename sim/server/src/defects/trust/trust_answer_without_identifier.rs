//! Leaves piid out of the trust code.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::trust_code("TRUST-015", |code| code.product_instance_identifier = None);

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    first_trust(server).trust_code.product_instance_identifier.is_some()
}
