//! Shows a certificate that names another host.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::identity("CERT-001", |authority, identity| {
    let names = ["another-host.invalid".to_owned()];
    if let Ok(other) = authority.server_identity(&names) {
        *identity = other;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    let names = ["localhost".to_owned()];
    server.identity(&names).is_ok_and(|identity| identity.names == names)
}
