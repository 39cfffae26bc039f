//! The keys that sign a server's artefacts, by the word of the target profile, and how many
//! signatures are still verified with them.
//!
//! No document says which key signs what, or over which text; what does not verify is therefore a
//! compatibility finding.

use std::cell::Cell;

use crate::classic::certificate::{Certificate, Key};

/// Signatures verified in a run, at most. A conformance run has a few hundred, and a load run shows
/// the same server again and again: it spends its time better than on a hundred thousand of them.
const SIGNATURES_MAX: u32 = 2_000;

/// Certificates of a profile that are read.
const CERTIFICATES_MAX: usize = 16;

/// The keys, and what is left of the limit.
#[derive(Debug, Default)]
pub struct Signers {
    keys: Vec<Key>,
    left: Cell<u32>,
}

impl Signers {
    /// The keys of certificates, base64 of DER; what cannot be read is left out.
    #[must_use]
    pub fn of(certificates: &[String]) -> Self {
        let read = certificates.iter().take(CERTIFICATES_MAX).map(|text| Certificate::read(text));
        let keys = read.filter_map(|certificate| certificate?.key).collect();
        Self { keys, left: Cell::new(SIGNATURES_MAX) }
    }

    /// Whether a signature (base64) is one over `text` by one of the keys; none where no key is
    /// known, or enough was verified.
    #[must_use]
    pub fn signed(&self, text: &str, signature: &str) -> Option<bool> {
        if self.keys.is_empty() {
            return None;
        }
        let left = self.left.get().checked_sub(1)?;
        self.left.set(left);
        Some(self.keys.iter().any(|key| key.verifies_base64(text, signature)))
    }

    /// Adds another shard's, which knows the same keys.
    pub(crate) fn merge(&mut self, other: Self) {
        if self.keys.is_empty() {
            *self = other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_key_nothing_is_said() {
        assert_eq!(Signers::default().signed("text", "c2lnbmVk"), None);
        assert_eq!(Signers::of(&["no certificate".to_owned()]).signed("text", ""), None);
    }

    #[test]
    fn verifying_ends_at_its_limit() {
        let signers = Signers { keys: vec![Key::P256([4; 65].into())], left: Cell::new(2) };
        let said = [(); 3].map(|()| signers.signed("text", "c2lnbmVk"));
        assert_eq!(said, [Some(false), Some(false), None]);
    }
}
