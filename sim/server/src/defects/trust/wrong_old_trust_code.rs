//! Refuses an old trust id under another code.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::trust_code("TRUST-013", |code| {
    if code.status.code.as_deref() == Some("OLD_TRUST_ID") {
        code.status.code = Some("TRUST_REQUEST_FAILED".to_owned());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    refused_trust(server).trust_code.status.code.as_deref() == Some("OLD_TRUST_ID")
}
