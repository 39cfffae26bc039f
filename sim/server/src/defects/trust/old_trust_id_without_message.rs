//! Refuses an old trust id without saying that a higher one was processed.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::trust_code("TRUST-013", |code| {
    if code.status.code.as_deref() == Some("OLD_TRUST_ID") {
        code.status.message = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    refused_trust(server).trust_code.status.message.is_some()
}
