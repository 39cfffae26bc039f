//! Refuses ID_TOKEN_TRUST at an On-Prem URL with HTTP 403 instead of 404.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("RUM-046", |call, answer| {
    let has_token = String::from_utf8_lossy(call.body).contains("ID_TOKEN_TRUST");
    if call.method == "POST" && has_token && answer.status == 404 {
        answer.status = 403;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let body = Instance::new(1).trust_body(1, token("valid"));
    post(server, CSLU, &body).status == 404
}
