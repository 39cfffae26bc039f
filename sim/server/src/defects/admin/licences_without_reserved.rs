//! Lists licences without how many are reserved.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-027", |call, answer| {
    if api::is(call, "POST", "/licenses") {
        api::edit_rows(answer, "licenses", |row| {
            api::take(row, "reserved");
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    licences(server, json!({})).1["licenses"][0]["reserved"].is_u64()
}
