//! Leaves the signature of authorization codes empty.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::authorization("SLAC-025", |answer| answer.signature.clear());

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    code(server, HSEC).is_some_and(|code| !code.signature.is_empty())
}
