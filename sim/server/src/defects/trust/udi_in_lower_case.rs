//! Writes the UDI of a trust code in lower case.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::trust_code("TRUST-016", |code| code.udi = code.udi.to_lowercase());

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    first_trust(server).trust_code.udi == Instance::new(1).udi.to_string()
}
