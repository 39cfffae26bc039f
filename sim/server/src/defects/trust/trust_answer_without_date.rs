//! Leaves dateStamp out of the trust code.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::trust_code("TRUST-015", |code| code.date_stamp = None);

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    first_trust(server).trust_code.date_stamp.is_some()
}
