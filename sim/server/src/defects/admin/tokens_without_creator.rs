//! Lists tokens without who made them.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("TOK-013", |call, answer| {
    if api::is(call, "GET", "/tokens") {
        api::edit_rows(answer, "tokens", |row| {
            api::take(row, "createdBy");
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    token(server);
    let listed = call(server, "GET", TOKENS, Value::Null).1;
    listed["tokens"][0]["createdBy"].is_string()
}
