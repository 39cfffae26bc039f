//! P-256 private keys as bare scalars: derived from the seed, kept small, loaded on use.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use p256::NonZeroScalar;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::public_key::PublicKey;
use crate::seed::Seed;
use crate::signature::{Signer, SigningMode};

/// PKCS#8 (RFC 5208) around an `ECPrivateKey` without its public half, up to the scalar.
const PKCS8_PREFIX: [u8; 35] = [
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01,
    0x01, 0x04, 0x20,
];

/// A P-256 private scalar, big-endian, known to be in range.
#[derive(Clone)]
pub(crate) struct PrivateKey([u8; 32]);

impl PrivateKey {
    /// The key for one purpose (`label`) and one member of it (`index`).
    pub(crate) fn derive(seed: &Seed, label: &str, index: u64) -> Self {
        let mut candidate = seed.derive(label, index);
        // About one candidate in 2^32 is not below the group order; it seeds the next one.
        while NonZeroScalar::try_from(candidate.as_slice()).is_err() {
            candidate = Seed::from_bytes(candidate).derive(label, index);
        }
        Self(candidate)
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        PublicKey::from_key_pair(self.key_pair().public_key())
    }

    pub(crate) fn signer(&self, mode: SigningMode) -> Signer {
        match mode {
            SigningMode::Deterministic => Signer::Deterministic(
                NonZeroScalar::try_from(self.0.as_slice())
                    .expect("the scalar was checked when derived"),
            ),
            SigningMode::Fast => Signer::Fast(self.key_pair()),
            SigningMode::Placeholder => Signer::Placeholder,
        }
    }

    pub(crate) fn certifying(&self, mode: SigningMode) -> CertifyingKey {
        CertifyingKey { signer: self.signer(mode), public_key: self.public_key() }
    }

    /// PKCS#8 with both halves, the form TLS stacks load.
    pub(crate) fn to_pkcs8(&self) -> PrivateKeyDer<'static> {
        let document = self.key_pair().to_pkcs8v1().expect("a loaded P-256 key can be written");
        PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(document.as_ref().to_vec()))
    }

    /// A scalar that is known to be in range.
    pub(crate) const fn from_scalar(scalar: [u8; 32]) -> Self {
        Self(scalar)
    }

    pub(crate) const fn scalar(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn key_pair(&self) -> EcdsaKeyPair {
        let mut document = [0; PKCS8_PREFIX.len() + 32];
        document[..PKCS8_PREFIX.len()].copy_from_slice(&PKCS8_PREFIX);
        document[PKCS8_PREFIX.len()..].copy_from_slice(&self.0);
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &document)
            .expect("the scalar was checked when derived")
    }
}

/// A loaded key in the shape the certificate builder signs with.
pub(crate) struct CertifyingKey {
    signer: Signer,
    public_key: PublicKey,
}

impl rcgen::PublicKeyData for CertifyingKey {
    fn der_bytes(&self) -> &[u8] {
        self.public_key.point()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl rcgen::SigningKey for CertifyingKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.signer.sign(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_libraries_see_the_same_public_key() {
        let key = PrivateKey::derive(&Seed::from_u64(3), "pair", 0);
        let theirs = p256::ecdsa::SigningKey::from_slice(&key.0).unwrap();
        assert_eq!(
            key.public_key().point(),
            theirs.verifying_key().to_sec1_point(false).as_bytes()
        );
    }

    #[test]
    fn deterministic_signatures_follow_rfc_6979() {
        // RFC 6979, A.2.5, P-256 with SHA-256, message "sample".
        let scalar = bytes("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
        let key = PrivateKey(scalar.try_into().unwrap());
        let r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
        let s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
        let expected = bytes(&format!("3046022100{r}022100{s}"));
        assert_eq!(key.signer(SigningMode::Deterministic).sign(b"sample"), expected);
    }

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    }
}
