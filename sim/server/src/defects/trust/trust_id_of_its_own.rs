//! Puts another trust id into the trust code than was asked for.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::trust_code("TRUST-032", |code| {
    code.trust_id = code.trust_id.map(|id| muster_wire::TrustId(id.0.wrapping_add(1)))
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    first_trust(server).trust_code.trust_id.is_some_and(|id| id.0 == 1)
}
