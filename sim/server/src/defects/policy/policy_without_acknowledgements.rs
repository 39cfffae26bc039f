//! Supplies a policy that says reports need no acknowledgement, though it gives them.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::policy("POL-014", |terms| terms.acknowledgement_required = false);

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let acknowledgement = acknowledged(server, RECEIVER);
    acknowledgement.is_some_and(|ack| ack.policies[0].terms.acknowledgement_required)
}
