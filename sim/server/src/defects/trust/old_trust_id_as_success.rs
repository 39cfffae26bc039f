//! Names the code of an old trust id and still says success.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::trust_code("TRUST-012", |code| {
    if code.status.code.as_deref() == Some("OLD_TRUST_ID") {
        code.status.success = true;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    !refused_trust(server).trust_code.status.success
}
