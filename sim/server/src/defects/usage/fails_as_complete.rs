//! Says COMPLETE in a failure.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::failure("RUM-040", |answer| answer.status = muster_wire::AnswerStatus::Complete);

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    failure(server)["status"] == "FAILED"
}
