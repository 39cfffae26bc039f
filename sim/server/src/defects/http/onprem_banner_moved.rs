//! Sends a GET on a tenant's URL elsewhere.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-008", |call, answer| {
    if call.method == "GET" && call.path.starts_with("/cslu/") && answer.status == 200 {
        answer.status = 302;
        answer.headers.push(("location".to_owned(), "/".to_owned()));
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    get(server, "/cslu/v1/pi/Default-1").status == 200
}
