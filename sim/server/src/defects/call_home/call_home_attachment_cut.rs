//! Cuts the licensing message in a Call Home answer short.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-002", |call, answer| {
    if call.posts_to("/Transportgateway/services/DeviceRequestHandler") {
        let text = String::from_utf8_lossy(&answer.body);
        answer.body = text.replacen("]]>", "", 1).into_bytes();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let answer = call_home_heartbeat(server);
    muster_wire::transport::callhome::CallHome::decode(answer.as_bytes()).is_ok()
}
