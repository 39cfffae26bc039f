//! Signing with P-256 and SHA-256, reproducibly or fast, behind one loaded key.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::EcdsaKeyPair;
use p256::NonZeroScalar;

use crate::deterministic;

/// How ECDSA signatures choose their nonce. Both kinds verify alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningMode {
    /// Nonce from key and message (RFC 6979): the same message always gives the same bytes, as
    /// a reproducible journal needs. Costs a tenth more than [`SigningMode::Fast`] does with an
    /// instance's key, loaded or not.
    #[default]
    Deterministic,
    /// Random nonce, in optimised assembly: for load runs, whose signature bytes nobody compares.
    /// About 26 microseconds with an instance's key, 14 with a loaded one.
    Fast,
    /// No cryptography: every signature is [`PLACEHOLDER_SIGNATURE`], which no key verifies. For
    /// measuring what everything else costs, against a server that does not verify.
    Placeholder,
}

/// A well-formed DER `ECDSA-Sig-Value` that verifies nowhere: its `r`, the text "muster
/// placeholder: no signature", is the x coordinate of no point of P-256.
pub const PLACEHOLDER_SIGNATURE: &[u8; 70] =
    b"\x30\x44\x02\x20muster placeholder: no signature\x02\x20muster placeholder: no signature";

/// A private key ready to sign.
pub(crate) enum Signer {
    Deterministic(NonZeroScalar),
    Fast(EcdsaKeyPair),
    Placeholder,
}

impl Signer {
    /// Signs `message`; the result is a DER `ECDSA-Sig-Value`, 70 to 72 bytes almost always.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Deterministic(scalar) => {
                let hash = digest(&SHA256, message);
                let hash = hash.as_ref().try_into().expect("SHA-256 gives 32 bytes");
                deterministic::sign(scalar, hash).to_der().as_bytes().to_vec()
            }
            Self::Fast(key) => sign_fast(key, message),
            Self::Placeholder => PLACEHOLDER_SIGNATURE.to_vec(),
        }
    }
}

/// Signs with a random nonce.
pub(crate) fn sign_fast(key: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    key.sign(&SystemRandom::new(), message)
        .expect("signing with a valid P-256 key fails only when memory is out")
        .as_ref()
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InstanceKey, Seed};

    #[test]
    fn a_placeholder_is_well_formed_and_no_key_can_verify_it() {
        let parsed = p256::ecdsa::Signature::from_der(PLACEHOLDER_SIGNATURE).unwrap();
        // Verifying compares r with the x coordinate of a point, and there is none with this one:
        // r plus the group order, the only other candidate, is over the field prime.
        for sign in [2, 3] {
            let point = [&[sign], parsed.r().to_bytes().as_slice()].concat();
            assert!(p256::PublicKey::from_sec1_bytes(&point).is_err());
        }
        let key = InstanceKey::derive_with(&Seed::from_u64(1), 0, 0, SigningMode::Placeholder);
        assert_eq!(key.sign(b"report"), PLACEHOLDER_SIGNATURE);
        assert!(!key.public_key().verify(b"report", PLACEHOLDER_SIGNATURE));
    }
}
