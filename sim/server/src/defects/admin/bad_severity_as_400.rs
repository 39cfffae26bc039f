//! Refuses a severity of alerts that is none with HTTP 400 instead of 422.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-052", |call, answer| {
    if api::is(call, "POST", "/alerts") && answer.status == 422 {
        answer.status = 400;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    call(server, "POST", &format!("{ACCOUNT}/alerts"), json!({ "severity": ["Loud"] })).0 == 422
}
