//! Leaves what became of each token out of a revocation.

use crate::defects::{Entry, api};

pub(crate) const DEFECT: Entry = Entry::http("API-017", |call, answer| {
    if api::is(call, "POST", "/tokens/revoke") && answer.status == 200 {
        api::edit(answer, |document| {
            api::take(document, "tokensRevokeStatus");
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let token = token(server);
    revoked(server, &[&token]).1["tokensRevokeStatus"].is_array()
}
