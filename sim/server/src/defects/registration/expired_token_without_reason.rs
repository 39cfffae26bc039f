//! Refuses an expired token without saying that it has expired.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic("REG-016", |answer| {
    if answer.message_code.as_deref() == Some("LS_TOKEN_EXPIRED") {
        answer.message_code = Some("LS_REGISTRATION_FAILED".to_owned());
        answer.message = Some("registration failed".to_owned());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let answer = Instance::new(1).register(server, "expired", false);
    answer.message.is_some_and(|message| message.contains("expired"))
}
