//! Does not know a tenant whose name has a space.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-016", |call, answer| {
    if call.path.starts_with("/cslu/v1/pi/") && call.path.contains("%20") {
        *answer = crate::message::ServerAnswer::not_found();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    get(server, "/cslu/v1/pi/My%20VA-1").status == 200
}
