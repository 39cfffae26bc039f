//! Puts OK_POLL on the envelope instead of COMPLETE.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-030", |_, answer| {
    let deferred = muster_wire::LineStatus::OkPoll;
    if answer.license_data.iter().any(|line| line.status == deferred) {
        answer.status = muster_wire::AnswerStatus::from(deferred.as_str());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    taken(server, RECEIVER)["status"] == "COMPLETE"
}
