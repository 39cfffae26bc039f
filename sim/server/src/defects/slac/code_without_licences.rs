//! Gives no licences with an authorization code it grants.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::authorization_code("SLAC-004", |code| code.licenses.clear());

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    code(server, HSEC).is_some_and(|code| !code.code.licenses.is_empty())
}
