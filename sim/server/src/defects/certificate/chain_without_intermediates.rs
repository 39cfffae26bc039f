//! Shows its certificate without those between it and the root.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::identity("CERT-010", |_, identity| identity.chain.truncate(1));

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    server.identity(&["localhost".to_owned()]).is_ok_and(|identity| identity.chain.len() > 1)
}
