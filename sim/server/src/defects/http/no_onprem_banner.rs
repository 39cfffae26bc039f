//! Answers a GET on a tenant's URL with another text.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-008", |call, answer| {
    if call.method == "GET" && call.path.starts_with("/cslu/") && answer.status == 200 {
        answer.body = b"It works!".to_vec();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    get(server, "/cslu/v1/pi/Default-1").body == b"This is the Smart Receiver!"
}
