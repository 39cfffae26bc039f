//! Leaves the message out of a failure.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::failure("RUM-040", |answer| answer.message = None);

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    failure(server)["message"].is_string()
}
