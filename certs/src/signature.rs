//! Signing with P-256 and SHA-256, reproducibly or fast, behind one loaded key.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::EcdsaKeyPair;
use p256::ecdsa::signature::Signer as _;

/// How ECDSA signatures choose their nonce. Both kinds verify alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningMode {
    /// Nonce from key and message (RFC 6979): the same message always gives the same bytes, as
    /// a reproducible journal needs. Several times slower than [`SigningMode::Fast`].
    #[default]
    Deterministic,
    /// Random nonce, in optimised assembly: for load runs, whose signature bytes nobody compares.
    Fast,
}

/// A private key ready to sign.
pub(crate) enum Signer {
    Deterministic(Box<p256::ecdsa::SigningKey>),
    Fast(EcdsaKeyPair),
}

impl Signer {
    /// Signs `message`; the result is a DER `ECDSA-Sig-Value`, 70 to 72 bytes almost always.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Deterministic(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            Self::Fast(key) => key
                .sign(&SystemRandom::new(), message)
                .expect("signing with a valid P-256 key fails only when memory is out")
                .as_ref()
                .to_vec(),
        }
    }
}
