//! Shows the certificates of its chain root first.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::identity("CERT-010", |_, identity| {
    if let Some(intermediates) = identity.chain.get_mut(1..) {
        intermediates.reverse();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    let Ok(identity) = server.identity(&["localhost".to_owned()]) else { return false };
    let expected = server.0.authority.intermediates_der();
    identity.chain.iter().skip(1).map(|of| of.to_vec()).eq(expected)
}
