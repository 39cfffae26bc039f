//! Leaves the nonce of an answer empty.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-035", |_, answer| {
    if let Some(sender) = &mut answer.sender_info {
        sender.nonce = muster_wire::Nonce::default();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    hello(server, CSLU)["sender_info"]["nonce"] != ""
}
