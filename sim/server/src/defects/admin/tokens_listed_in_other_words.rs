//! Lists tokens under other words than the documented ones.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-013", |call, answer| {
    if api::is(call, "GET", "/tokens") && answer.status == 200 {
        api::edit(answer, |document| document["statusMessage"] = "OK".into());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let listed = call(server, "GET", TOKENS, Value::Null).1;
    listed["statusMessage"] == "Successfully read active tokens."
}
