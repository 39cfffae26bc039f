//! Counts each use of a token twice, so that it ends early.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TOK-006");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let wanted = json!({ "virtual_account": "Default", "days": 1, "uses_max": 2 });
    let made = control(server, "POST", "tokens", &wanted);
    let text = made["token"].as_str().unwrap_or_default().to_owned();
    [1, 2].into_iter().all(|number| {
        let mut instance = Instance::new(number);
        let data = instance.registration(false);
        let body = instance.registration_body(data, &text);
        opened(server, &post(server, instance.path, &body).body).status == ClassicStatus::Complete
    })
}
