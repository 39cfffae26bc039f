//! Says of a virtual account that it was made in other words than the documented ones.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-006", |call, answer| {
    if api::is(call, "POST", "/virtual-accounts") && answer.status == 200 {
        api::edit(answer, |document| document["statusMessage"] = "Created.".into());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    created(server, "Lab").1["statusMessage"] == "Virtual Account 'Lab' created successfully"
}
