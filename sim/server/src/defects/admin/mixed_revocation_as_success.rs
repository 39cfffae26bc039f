//! Says SUCCESS of a revocation of which a part failed.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-018", |call, answer| {
    if api::is(call, "POST", "/tokens/revoke") {
        api::edit(answer, |document| {
            if document["status"] == "WARNING" {
                document["status"] = "SUCCESS".into();
            }
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let token = token(server);
    revoked(server, &[&token, "nobody-knows-me"]).1["status"] == "WARNING"
}
