//! Answers a revocation that failed as a whole with HTTP 200.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-019", |call, answer| {
    if api::is(call, "POST", "/tokens/revoke") && answer.status == 422 {
        answer.status = 200;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    revoked(server, &["nobody-knows-me"]).0 == 422
}
