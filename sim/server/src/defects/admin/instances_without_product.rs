//! Lists product instances without their product tags.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-037", |call, answer| {
    if api::is(call, "POST", "/devices") {
        api::edit_rows(answer, "devices", |row| {
            api::take(row, "productTagName");
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    instances(server).1["devices"][0]["productTagName"].is_string()
}
