//! Refuses an old agent with other words than the documented ones.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic("CERT-014", |answer| {
    if answer.message_code.as_deref() == Some("LS_COMPATIBILITY_ERROR") {
        answer.message = Some("this agent is too old".to_owned());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut old = Instance { capabilities: Vec::new(), ..Instance::new(1) };
    let answer = old.register(server, "valid", false);
    answer.message.is_some_and(|message| message.starts_with("Compatibility Error: The On-Prem"))
}
