//! Leaves the nonce out of a failure.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::failure("RUM-040", |answer| answer.nonce = None);

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    failure(server)["nonce"] == "815"
}
