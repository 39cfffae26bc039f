//! Removes a token that was not revoked first.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TOK-011");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let path = format!("tokens?token={}", token("valid"));
    control(server, "DELETE", &path, &json!({}));
    let listed = control(server, "GET", "tokens", &json!({}));
    let listed = listed["tokens"].as_array().cloned().unwrap_or_default();
    listed.iter().any(|one| one["token"] == token("valid").as_str())
}
