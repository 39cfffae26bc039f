//! Does not show which licences redundant applications use.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("AHA-019", |call, answer| {
    if api::is(call, "POST", "/licenses") {
        api::edit_rows(answer, "licenses", |row| {
            api::take(row, "ahaApps");
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    licences(server, json!({})).1["licenses"][0]["ahaApps"].is_boolean()
}
