//! Whether a product instance's signature verifies, so that no check takes a sender's word for it.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A DER SubjectPublicKeyInfo of an uncompressed P-256 point begins with these bytes (RFC 5480).
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Bytes of an uncompressed point of P-256.
const POINT: usize = 65;

/// Bytes of a whole SubjectPublicKeyInfo of such a point.
const SPKI: usize = P256_PREFIX.len() + POINT;

/// A public key of a product instance: the point of P-256 and nothing else, because a fleet has
/// one for each instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; POINT]);

impl PublicKey {
    /// Reads the base64 of a P-256 SubjectPublicKeyInfo; none when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // The decoder wants room for what the length of the text allows.
        let mut spki = [0; SPKI + 3];
        let length = STANDARD.decode_slice(text, &mut spki).ok()?;
        let point = spki.get(..length)?.strip_prefix(&P256_PREFIX)?;
        point.try_into().ok().map(Self)
    }

    /// Whether `signature` (base64 of DER) is one over `text` by this key.
    #[must_use]
    pub fn verifies(&self, text: &str, signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.0);
        key.verify(text.as_bytes(), &signature).is_ok()
    }
}

/// Whether `signature` (base64 of DER) is one over `text` by `public_key` (base64 of a P-256
/// SubjectPublicKeyInfo); none when the key cannot be read.
#[must_use]
pub fn verifies(public_key: &str, text: &str, signature: &str) -> Option<bool> {
    Some(PublicKey::parse(public_key)?.verifies(text, signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_key_is_read() {
        let key = |length: usize| {
            let mut spki = P256_PREFIX.to_vec();
            spki.resize(P256_PREFIX.len() + length, 4);
            PublicKey::parse(&STANDARD.encode(spki))
        };
        assert_eq!(key(POINT), Some(PublicKey([4; POINT])));
        for length in [0, POINT - 1, POINT + 1, 10_000] {
            assert_eq!(key(length), None, "{length}");
        }
        assert_eq!(PublicKey::parse("no base64"), None);
        assert_eq!(PublicKey::parse(""), None);
    }
}
