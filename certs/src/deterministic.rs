//! ECDSA over P-256 with the nonce of RFC 6979: one message, one signature.
//!
//! The one costly step, the nonce times the generator, is left to aws-lc, by loading the nonce like
//! a private key; the rest is scalar arithmetic. A property compares with the `ecdsa` crate.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use p256::ecdsa::Signature;
use p256::elliptic_curve::PrimeField as _;
use p256::elliptic_curve::ops::{Invert as _, Reduce as _};
use p256::{FieldBytes, NonZeroScalar, Scalar};

use crate::private_key::PrivateKey;

/// Signs a SHA-256 hash.
pub(crate) fn sign(scalar: &NonZeroScalar, hash: [u8; 32]) -> Signature {
    let z = Scalar::reduce(&FieldBytes::from(hash));
    let mut nonces = Nonces::new(&scalar.to_repr(), &z.to_repr());
    loop {
        let nonce = nonces.next();
        // Neither fails but with a probability of about 2^-32.
        let Ok(k) = NonZeroScalar::try_from(nonce.as_slice()) else { continue };
        let point = PrivateKey::from_scalar(nonce).public_key();
        let x: [u8; 32] = *point.point()[1..].first_chunk().expect("a coordinate has 32 bytes");
        let r = Scalar::reduce(&FieldBytes::from(x));
        let s = *k.invert() * (z + r * **scalar);
        if let Ok(signature) = Signature::from_scalars(r, s) {
            return signature;
        }
    }
}

/// HMAC-DRBG as RFC 6979, 3.2, sets it up.
struct Nonces {
    key: [u8; 32],
    value: [u8; 32],
    given: bool,
}

impl Nonces {
    fn new(scalar: &[u8], hash: &[u8]) -> Self {
        let mut nonces = Self { key: [0; 32], value: [1; 32], given: false };
        nonces.update(0, &[scalar, hash]);
        nonces.update(1, &[scalar, hash]);
        nonces
    }

    fn next(&mut self) -> [u8; 32] {
        if std::mem::replace(&mut self.given, true) {
            self.update(0, &[]);
        }
        self.value = authenticate(&self.key, &[&self.value]);
        self.value
    }

    fn update(&mut self, step: u8, parts: &[&[u8]]) {
        let mut message: Vec<&[u8]> = Vec::with_capacity(4);
        let step = [step];
        message.extend([&self.value[..], &step]);
        message.extend(parts);
        self.key = authenticate(&self.key, &message);
        self.value = authenticate(&self.key, &[&self.value]);
    }
}

fn authenticate(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&Key::new(HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    context.sign().as_ref().try_into().expect("HMAC-SHA256 gives 32 bytes")
}

#[cfg(test)]
mod tests {
    use ecdsa::DigestAlgorithm;
    use ecdsa::hazmat::sign_prehashed_rfc6979;
    use p256::NistP256;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_signature_is_the_one_of_the_ecdsa_crate(scalar: [u8; 32], hash: [u8; 32]) {
            type Sha256 = <NistP256 as DigestAlgorithm>::Digest;
            for hash in [hash, [0; 32], [0xff; 32]] {
                if let Ok(scalar) = NonZeroScalar::try_from(scalar.as_slice()) {
                    let theirs = sign_prehashed_rfc6979::<NistP256, Sha256>(&scalar, &hash, &[]);
                    prop_assert_eq!(sign(&scalar, hash), theirs.0);
                }
            }
        }
    }
}
