//! Names the attachment of a Call Home answer otherwise.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-023", |call, answer| {
    if call.posts_to("/Transportgateway/services/DeviceRequestHandler") {
        let text = String::from_utf8_lossy(&answer.body);
        answer.body = text.replacen("smart_licensing_data", "attachment", 1).into_bytes();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    call_home_heartbeat(server).contains(">smart_licensing_data<")
}
