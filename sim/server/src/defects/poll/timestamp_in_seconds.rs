//! Stamps answers in seconds instead of milliseconds.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-035", |_, answer| {
    if let Some(sender) = &mut answer.sender_info {
        sender.timestamp /= 1_000;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    hello(server, CSLU)["sender_info"]["timestamp"] == server.now_ms()
}
