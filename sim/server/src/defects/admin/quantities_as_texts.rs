//! Writes the quantities of licences as texts.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-027", |call, answer| {
    if api::is(call, "POST", "/licenses") {
        api::edit_rows(answer, "licenses", |row| {
            row["quantity"] = row["quantity"].to_string().into()
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    licences(server, json!({})).1["licenses"][0]["quantity"].is_u64()
}
