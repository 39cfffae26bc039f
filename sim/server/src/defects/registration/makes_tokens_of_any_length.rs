//! Makes tokens that are valid for more than 365 days, or for none.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TOK-003");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    [0, 366].into_iter().all(|days| {
        let wanted = json!({ "virtual_account": "Default", "days": days }).to_string();
        try_control(server, "POST", "tokens", &wanted).0 == 400
    })
}
