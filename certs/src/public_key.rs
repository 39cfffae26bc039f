//! P-256 public keys: reading, writing and verifying with them.

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, EcdsaPublicKey, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use x509_parser::error::X509Error;
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::error::{Error, x509_reason};

/// SubjectPublicKeyInfo of a P-256 key up to the uncompressed point (RFC 5480).
const SPKI_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// 0x04 and two 32-byte coordinates.
const POINT_SIZE: usize = 65;

/// A P-256 SubjectPublicKeyInfo has 91 bytes; room is left for long-form lengths.
const SPKI_SIZE_MAX: usize = 256;

/// A P-256 public key: an uncompressed point known to be on the curve.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey([u8; POINT_SIZE]);

impl PublicKey {
    /// Reads a DER SubjectPublicKeyInfo with the named curve P-256, its point compressed or not.
    ///
    /// # Errors
    ///
    /// When the bytes are too many, not that structure, of another algorithm, or not a point.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > SPKI_SIZE_MAX {
            return Err(Error::PublicKeyTooLarge { size: der.len(), size_max: SPKI_SIZE_MAX });
        }
        let (trailing, key) = SubjectPublicKeyInfo::from_der(der)
            .map_err(|error| Error::PublicKeyDer(x509_reason(error)))?;
        if !trailing.is_empty() {
            return Err(Error::PublicKeyTrailing { count: trailing.len() });
        }
        if !is_p256(&key) {
            let algorithm = key.algorithm.algorithm.to_id_string();
            return Err(Error::PublicKeyAlgorithm { algorithm });
        }
        if key.subject_public_key.unused_bits != 0 {
            return Err(Error::PublicKeyPoint);
        }
        let read = Self::from_point(&key.subject_public_key.data)?;
        // The parser takes some tags on trust; in a structure of this length there is one spelling.
        if der.len() == SPKI_PREFIX.len() + POINT_SIZE && !der.starts_with(&SPKI_PREFIX) {
            return Err(Error::PublicKeyDer(X509Error::InvalidSPKI));
        }
        Ok(read)
    }

    /// The DER SubjectPublicKeyInfo, 91 bytes.
    #[must_use]
    pub fn to_spki_der(&self) -> Vec<u8> {
        [SPKI_PREFIX.as_slice(), &self.0].concat()
    }

    /// Reads a SubjectPublicKeyInfo in padded standard base64, as messages carry it.
    ///
    /// # Errors
    ///
    /// When the text is not base64, or as [`PublicKey::from_spki_der`].
    pub fn from_spki_base64(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        // Checked before decoding, so that a long text is never copied.
        if text.len() > SPKI_SIZE_MAX.div_ceil(3) * 4 {
            return Err(Error::PublicKeyTooLarge {
                size: text.len() / 4 * 3,
                size_max: SPKI_SIZE_MAX,
            });
        }
        Self::from_spki_der(&STANDARD.decode(text).map_err(Error::PublicKeyBase64)?)
    }

    /// The SubjectPublicKeyInfo in padded standard base64, 124 characters.
    #[must_use]
    pub fn to_spki_base64(&self) -> String {
        STANDARD.encode(self.to_spki_der())
    }

    /// The uncompressed point: 0x04, x, y.
    #[must_use]
    pub const fn point(&self) -> &[u8; POINT_SIZE] {
        &self.0
    }

    /// Whether `signature_der` (DER `ECDSA-Sig-Value`) is this key's signature of `message`.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature_der: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.0)
            .verify(message, signature_der)
            .is_ok()
    }

    fn from_point(bytes: &[u8]) -> Result<Self, Error> {
        let key = p256::PublicKey::from_sec1_bytes(bytes).map_err(|_| Error::PublicKeyPoint)?;
        let point = key.to_sec1_point(false);
        point.as_bytes().try_into().map(Self).map_err(|_| Error::PublicKeyPoint)
    }

    pub(crate) fn from_key_pair(key: &EcdsaPublicKey) -> Self {
        Self(key.as_ref().try_into().expect("aws-lc gives P-256 points uncompressed"))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicKey").field(&self.to_spki_base64()).finish()
    }
}

fn is_p256(key: &SubjectPublicKeyInfo<'_>) -> bool {
    let curve = key.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
    key.algorithm.algorithm == x509_parser::oid_registry::OID_KEY_TYPE_EC_PUBLIC_KEY
        && curve.is_some_and(|curve| curve == x509_parser::oid_registry::OID_EC_P256)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{InstanceKey, Seed};

    fn key() -> PublicKey {
        InstanceKey::derive(&Seed::from_u64(5), 0, 0).public_key()
    }

    #[test]
    fn spki_survives_der_and_base64() {
        let key = key();
        assert_eq!(key.to_spki_der().len(), 91);
        assert_eq!(PublicKey::from_spki_der(&key.to_spki_der()).unwrap(), key);
        assert_eq!(PublicKey::from_spki_base64(&key.to_spki_base64()).unwrap(), key);
    }

    #[test]
    fn a_compressed_point_reads_as_the_same_key() {
        let key = key();
        let point = p256::PublicKey::from_sec1_bytes(key.point()).unwrap().to_sec1_point(true);
        let mut der = SPKI_PREFIX.to_vec();
        der[1] = 0x39;
        der[24] = 0x22;
        der.extend_from_slice(point.as_bytes());
        assert_eq!(PublicKey::from_spki_der(&der).unwrap(), key);
    }

    #[test]
    fn each_fault_has_its_own_error() {
        let der = key().to_spki_der();
        let with = |at: usize, value: u8| {
            let mut changed = der.clone();
            changed[at] = value;
            PublicKey::from_spki_der(&changed)
        };
        let longer = [der.as_slice(), &[0; 3]].concat();
        assert!(matches!(with(0, 0x31), Err(Error::PublicKeyDer(_))));
        assert!(matches!(with(22, 0x06), Err(Error::PublicKeyAlgorithm { .. })));
        // One unused bit: which of the two it is depends on the last bit of the key.
        assert!(matches!(with(25, 1), Err(Error::PublicKeyDer(_) | Error::PublicKeyPoint)));
        assert!(matches!(with(60, der[60] ^ 1), Err(Error::PublicKeyPoint)));
        assert!(matches!(
            PublicKey::from_spki_der(&longer),
            Err(Error::PublicKeyTrailing { count: 3 })
        ));
        assert!(matches!(
            PublicKey::from_spki_der(&[0x30; 257]),
            Err(Error::PublicKeyTooLarge { size: 257, .. })
        ));
        assert!(matches!(PublicKey::from_spki_base64("?"), Err(Error::PublicKeyBase64(_))));
        assert!(matches!(
            PublicKey::from_spki_base64(&"A".repeat(4096)),
            Err(Error::PublicKeyTooLarge { .. })
        ));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(key) = PublicKey::from_spki_der(&bytes) {
                prop_assert_eq!(PublicKey::from_spki_der(&key.to_spki_der()).unwrap(), key);
            }
        }

        #[test]
        fn no_change_of_a_good_key_panics(
            at in 0..91_usize,
            value in any::<u8>(),
            length in 0..=91_usize,
        ) {
            let mut der = key().to_spki_der();
            der[at] = value;
            der.truncate(length);
            // Only a whole structure can still be a key, and it must then be written the same.
            if let Ok(changed) = PublicKey::from_spki_der(&der) {
                prop_assert_eq!(changed.to_spki_der(), der);
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,400}") {
            prop_assert!(PublicKey::from_spki_base64(&text).is_err());
        }

        #[test]
        fn no_signature_bytes_panic_or_verify(
            bytes in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            prop_assert!(!key().verify(b"message", &bytes));
        }
    }
}
