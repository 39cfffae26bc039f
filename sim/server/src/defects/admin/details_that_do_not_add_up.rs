//! Splits the quantity of licences into parts that do not add up.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("LIC-019", |call, answer| {
    if api::is(call, "POST", "/licenses") {
        api::edit_rows(answer, "licenses", |row| {
            if let Some(details) = row["licenseDetails"].as_array_mut() {
                details.clear();
            }
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let rows = licences(server, json!({})).1["licenses"].clone();
    rows.as_array().into_iter().flatten().all(|row| {
        let details = row["licenseDetails"].as_array().into_iter().flatten();
        let sum: u64 = details.filter_map(|part| part["quantity"].as_u64()).sum();
        row["quantity"] == sum
    })
}
