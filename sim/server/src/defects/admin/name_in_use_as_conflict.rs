//! Refuses the name of a virtual account that is in use with HTTP 409 instead of 422.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-007", |call, answer| {
    if api::is(call, "POST", "/virtual-accounts") && answer.status == 422 {
        answer.status = 409;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    created(server, "Default").0 == 422
}
