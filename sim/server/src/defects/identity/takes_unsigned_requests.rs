//! Takes requests of a registered instance that nobody signed.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("IDC-002");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = registered(server);
    let data = instance.heartbeat();
    let text = muster_wire::classic::ClassicRequest::new(instance.header(), &data).encode();
    let body = muster_wire::classic::RequestEnvelope::new(text, None, None).encode();
    opened(server, &post(server, instance.path, &body).body).status != ClassicStatus::Complete
}
