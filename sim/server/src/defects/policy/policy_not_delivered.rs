//! Acknowledges without ever supplying the policy.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("POL-002");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    acknowledged(server, RECEIVER).is_some_and(|ack| !ack.policies.is_empty())
}
