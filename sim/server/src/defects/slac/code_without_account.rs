//! Leaves the account out of authorization codes.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::authorization_code("SLAC-026", |code| code.customer = None);

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    code(server, HSEC).is_some_and(|code| code.code.customer.is_some())
}
