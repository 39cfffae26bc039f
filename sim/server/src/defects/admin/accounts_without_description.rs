//! Lists virtual accounts without their descriptions.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-009", |call, answer| {
    if api::is(call, "GET", "/virtual-accounts") {
        api::edit_rows(answer, "virtualAccounts", |row| {
            api::take(row, "description");
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let listed = call(server, "GET", ACCOUNTS, Value::Null).1;
    listed["virtualAccounts"][0]["description"].is_string()
}
