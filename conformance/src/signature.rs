//! Whether a product instance's signature verifies, so that no check takes a sender's word for it.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A DER SubjectPublicKeyInfo of an uncompressed P-256 point begins with these bytes (RFC 5480).
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Whether `signature` (base64 of DER) is one over `text` by `public_key` (base64 of a P-256
/// SubjectPublicKeyInfo); none when the key cannot be read.
#[must_use]
pub fn verifies(public_key: &str, text: &str, signature: &str) -> Option<bool> {
    let key = STANDARD.decode(public_key).ok()?;
    let point = key.strip_prefix(&P256_PREFIX)?;
    let Ok(signature) = STANDARD.decode(signature) else { return Some(false) };
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
    Some(key.verify(text.as_bytes(), &signature).is_ok())
}
