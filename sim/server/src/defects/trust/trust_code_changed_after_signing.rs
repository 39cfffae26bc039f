//! Changes the trust code after it was signed.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::trust("TRUST-031", |answer| {
    answer.signed = answer.signed.replace("<success>true<", "<success>true <")
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    use base64::Engine;
    let answer = first_trust(server);
    let signature = base64::engine::general_purpose::STANDARD.decode(&answer.signature).unwrap();
    let key = server.0.authority.signing_public_key();
    key.verify(answer.signed.as_bytes(), &signature)
}
