//! Writes dates without saying that they are UTC.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-039", |call, answer| {
    if api::is(call, "POST", "/devices") {
        api::edit_rows(answer, "devices", |row| {
            for name in ["registrationDate", "lastContactDate"] {
                let date = row[name].as_str().unwrap_or_default().trim_end_matches('Z').to_owned();
                row[name] = date.into();
            }
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let date = instances(server).1["devices"][0]["registrationDate"].clone();
    date.as_str().is_some_and(|date| date.ends_with('Z'))
}
