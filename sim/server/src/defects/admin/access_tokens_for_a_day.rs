//! Says that access tokens are good for a day.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("SEC-006", |call, answer| {
    if call.path.ends_with("/oauth/token") && answer.status == 200 {
        api::edit(answer, |document| document["expires_in"] = 86_400.into());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    granted(server)["expires_in"] == 3_600
}
