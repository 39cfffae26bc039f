//! Refuses calls without a bearer token with HTTP 401 instead of 403.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("SEC-002", |call, answer| {
    if call.path.contains("/api/v1/") && answer.status == 403 {
        answer.status = 401;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    send(server, "GET", ACCOUNTS, &[], &Value::Null).status == 403
}
