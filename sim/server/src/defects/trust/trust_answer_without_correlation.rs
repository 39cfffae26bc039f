//! Leaves correlationID out of the trust code.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::trust_code("TRUST-015", |code| code.status.correlation_id = None);

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    first_trust(server).trust_code.status.correlation_id.is_some()
}
