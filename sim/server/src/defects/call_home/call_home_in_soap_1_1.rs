//! Answers Call Home messages in SOAP 1.1.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("TRANS-023", |call, answer| {
    if call.posts_to("/Transportgateway/services/DeviceRequestHandler") {
        let text = String::from_utf8_lossy(&answer.body);
        let (now, before) =
            ("www.w3.org/2003/05/soap-envelope", "schemas.xmlsoap.org/soap/envelope/");
        answer.body = text.replace(now, before).into_bytes();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    call_home_heartbeat(server).contains("www.w3.org/2003/05/soap-envelope")
}
