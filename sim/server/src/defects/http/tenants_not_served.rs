//! Does not serve the URLs of its CSLU tenants.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-006", |call, answer| {
    if call.path.starts_with("/cslu/v1/pi/") {
        *answer = crate::message::ServerAnswer::not_found();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    get(server, "/cslu/v1/pi/Default-1").status == 200
}
