//! Changes acknowledgements after they were signed.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::acknowledgement("RUM-074", |acknowledgement| acknowledgement.signed.push(' '));

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    use base64::Engine;
    let Some(answer) = acknowledged(server, RECEIVER) else { return false };
    let signature = base64::engine::general_purpose::STANDARD.decode(&answer.signature).unwrap();
    let key = server.0.authority.signing_public_key();
    key.verify(answer.signed.as_bytes(), &signature)
}
