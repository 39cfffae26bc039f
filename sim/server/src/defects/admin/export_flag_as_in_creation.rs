//! Lists tokens with the export flag under the name it has in the creation.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-014", |call, answer| {
    if api::is(call, "GET", "/tokens") {
        api::edit_rows(answer, "tokens", |row| {
            if let Some(flag) = api::take(row, "exportControl") {
                row["exportControlled"] = flag;
            }
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    token(server);
    let listed = call(server, "GET", TOKENS, Value::Null).1;
    listed["tokens"][0]["exportControl"].is_string()
}
