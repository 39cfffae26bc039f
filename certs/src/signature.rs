//! Signing with P-256 and SHA-256, reproducibly or fast, behind one loaded key.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::EcdsaKeyPair;
use ecdsa::DigestAlgorithm;
use ecdsa::hazmat::sign_prehashed_rfc6979;
use p256::{NistP256, NonZeroScalar};

/// The hash from which RFC 6979 draws its nonce.
type Sha256 = <NistP256 as DigestAlgorithm>::Digest;

/// How ECDSA signatures choose their nonce. Both kinds verify alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningMode {
    /// Nonce from key and message (RFC 6979): the same message always gives the same bytes, as
    /// a reproducible journal needs. About 55 microseconds on one core of a small
    /// server, loaded key or not.
    #[default]
    Deterministic,
    /// Random nonce, in optimised assembly: for load runs, whose signature bytes nobody compares.
    /// About 40 microseconds with an instance's key, 14 with the authority's loaded one.
    Fast,
}

/// A private key ready to sign.
pub(crate) enum Signer {
    Deterministic(NonZeroScalar),
    Fast(EcdsaKeyPair),
}

impl Signer {
    /// Signs `message`; the result is a DER `ECDSA-Sig-Value`, 70 to 72 bytes almost always.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Deterministic(scalar) => {
                let hash = digest(&SHA256, message);
                let (signature, _) =
                    sign_prehashed_rfc6979::<NistP256, Sha256>(scalar, hash.as_ref(), &[]);
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
