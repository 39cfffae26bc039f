//! Refuses the name of a virtual account that is in use in other words.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-007", |call, answer| {
    if api::is(call, "POST", "/virtual-accounts") && answer.status == 422 {
        api::edit(answer, |document| document["statusMessage"] = "Name taken.".into());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let said = created(server, "Default").1["statusMessage"].to_string();
    said.contains("for the virtual account is already in use.")
}
