//! Refuses a conflicting report under another code.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::failure("RUM-080", |answer| {
    if answer.message_code.as_deref() == Some("ERROR Consuming licenses") {
        answer.message_code = Some("DUPLICATE_RECORD".to_owned());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    conflict(server)["message_code"] == "ERROR Consuming licenses"
}
