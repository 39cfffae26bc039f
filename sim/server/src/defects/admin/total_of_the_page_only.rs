//! Counts the records of the page in place of all.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-028", |call, answer| {
    if api::is(call, "POST", "/licenses") && answer.status == 200 {
        api::edit(answer, |document| {
            let rows = document["licenses"].as_array().map_or(0, Vec::len);
            document["totalRecords"] = rows.into();
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let all = licences(server, json!({ "limit": -1 })).1["totalRecords"].clone();
    let path = format!("{ACCOUNT}/licenses");
    let page = call(server, "POST", &path, json!({ "limit": 1 })).1;
    all.as_u64() > Some(1) && page["totalRecords"] == all
}
