//! Refuses unknown instances with HTTP 200 instead of 404.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("RUM-045", |call, answer| {
    if call.method == "POST" && answer.status == 404 && !answer.body.starts_with(b"Not") {
        answer.status = 200;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    let body = instance.simple_usage(1, 1);
    post(server, CSLU_VALIDATING, &body).status == 404
}
