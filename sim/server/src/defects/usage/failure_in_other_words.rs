//! Says ERROR instead of FAILED in a failure.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::failure("RUM-040", |answer| answer.status = muster_wire::AnswerStatus::from("ERROR"));

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    failure(server)["status"] == "FAILED"
}
