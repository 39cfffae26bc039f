//! Writes the status of product instances in one word.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-040", |call, answer| {
    if api::is(call, "POST", "/devices") {
        api::edit_rows(answer, "devices", |row| {
            row["status"] = row["status"].as_str().unwrap_or_default().replace(' ', "").into()
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    instances(server).1["devices"][0]["status"] == "In Compliance"
}
