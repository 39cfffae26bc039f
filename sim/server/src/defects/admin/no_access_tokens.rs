//! Does not grant access tokens at the documented path.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("SEC-004", |call, answer| {
    if call.path == "/oauth/token" {
        *answer = crate::message::ServerAnswer::not_found();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    granted(server)["access_token"].is_string()
}
