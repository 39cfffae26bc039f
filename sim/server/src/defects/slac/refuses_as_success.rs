//! Says success in an authorization code that gives nothing because it refuses.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::authorization_code("SLAC-027", |code| code.status.success = true);

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    code(server, LICENCE).is_some_and(|code| !code.code.status.success)
}
