//! Leaves new tokens out of the list of tokens.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TOK-008");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let wanted = json!({ "virtual_account": "Default", "days": 30 });
    let made = control(server, "POST", "tokens", &wanted);
    let listed = control(server, "GET", "tokens", &json!({}));
    let listed = listed["tokens"].as_array().cloned().unwrap_or_default();
    listed.iter().any(|one| one["token"] == made["token"])
}
