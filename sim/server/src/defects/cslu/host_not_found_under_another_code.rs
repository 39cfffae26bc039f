//! Refuses unknown instances under another code than HOST_NOT_FOUND.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::failure("RUM-043", |answer| {
    if answer.message_code.as_deref() == Some("HOST_NOT_FOUND") {
        answer.message_code = Some("UNKNOWN_INSTANCE".to_owned());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    taken(server, CSLU_VALIDATING)["message_code"] == "HOST_NOT_FOUND"
}
