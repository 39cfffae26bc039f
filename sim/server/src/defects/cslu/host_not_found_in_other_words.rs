//! Refuses unknown instances with other words than the documented ones.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::failure("RUM-043", |answer| {
    if answer.message_code.as_deref() == Some("HOST_NOT_FOUND") {
        answer.message = Some("The product instance is not listed.".to_owned());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    taken(server, CSLU_VALIDATING)["message"] == "Device Host is not found"
}
