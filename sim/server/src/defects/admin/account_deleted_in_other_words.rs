//! Says of a virtual account that it was deleted in other words than the documented ones.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-010", |call, answer| {
    if api::is(call, "POST", "/delete") && answer.status == 200 {
        api::edit(answer, |document| document["statusMessage"] = "Deleted.".into());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    created(server, "Lab");
    let said = call(server, "POST", &format!("{ACCOUNTS}/Lab/delete"), Value::Null).1;
    said["statusMessage"] == "Virtual Account 'Lab' deleted successfully"
}
