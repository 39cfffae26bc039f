//! Leaves the last report of a request out of the acknowledgement.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::acknowledgement_data("RUM-022", |data| {
    data.acks.pop();
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    acknowledged(server, RECEIVER).is_some_and(|ack| ack.data.acks.len() == 1)
}
