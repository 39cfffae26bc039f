//! Leaves the signature of the policy empty.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::acknowledgement("POL-020", |acknowledgement| {
    for policy in &mut acknowledgement.policies {
        policy.signature.clear();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let acknowledgement = acknowledged(server, RECEIVER);
    acknowledgement.is_some_and(|ack| !ack.policies[0].signature.is_empty())
}
