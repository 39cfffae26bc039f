//! Answers the creation of a virtual account with HTTP 201.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-006", |call, answer| {
    if api::is(call, "POST", "/virtual-accounts") && answer.status == 200 {
        answer.status = 201;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    created(server, "Lab").0 == 200
}
