//! Supplies two policies with one acknowledgement.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::acknowledgement("POL-022", |acknowledgement| {
    let again = acknowledgement.policies.clone();
    acknowledgement.policies.extend(again);
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    acknowledged(server, RECEIVER).is_some_and(|ack| ack.policies.len() == 1)
}
