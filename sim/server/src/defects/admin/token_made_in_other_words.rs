//! Says of a token that it was made in other words than the documented ones.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-011", |call, answer| {
    if api::is(call, "POST", "/tokens") && answer.status == 200 {
        api::edit(answer, |document| document["statusMessage"] = "Token created.".into());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let made = call(server, "POST", TOKENS, json!({ "expiresAfterDays": 9 })).1;
    made["statusMessage"] == "A valid, active token was generated."
}
