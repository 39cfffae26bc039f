//! Answers TRUST_SYNC with the trust code instead of a poll id.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TRUST-019");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let body = Instance::new(1).trust_body(1, None);
    is_taken(&ask(server, CSLU, &body))
}
