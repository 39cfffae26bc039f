//! Leaves the signature of the trust code empty.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::trust("TRUST-015", |answer| answer.signature.clear());

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    !first_trust(server).signature.is_empty()
}
