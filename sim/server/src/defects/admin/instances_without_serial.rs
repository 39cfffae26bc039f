//! Lists product instances without their serial numbers.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-038", |call, answer| {
    if api::is(call, "POST", "/devices") {
        api::edit_rows(answer, "devices", |row| {
            api::take(&mut row["sudi"], "udiSerialNumber");
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    instances(server).1["devices"][0]["sudi"]["udiSerialNumber"].is_string()
}
