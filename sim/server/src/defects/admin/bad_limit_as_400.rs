//! Refuses a limit that is none with HTTP 400 instead of 422.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-026", |call, answer| {
    if api::is(call, "POST", "/licenses") && answer.status == 422 {
        answer.status = 400;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    licences(server, json!({ "limit": -7 })).0 == 422
}
