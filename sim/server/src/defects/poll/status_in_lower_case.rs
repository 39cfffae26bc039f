//! Writes the status of the envelope in lower case.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-030", |_, answer| {
    answer.status = muster_wire::AnswerStatus::from("complete")
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    hello(server, RECEIVER)["status"] == "COMPLETE"
}
