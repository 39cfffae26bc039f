//! Serves calls of the admin API that nobody may make without a bearer token.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("API-002");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    send(server, "GET", ACCOUNTS, &[], &Value::Null).status == 403
}
