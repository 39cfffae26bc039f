//! Public keys made ready for verifying, those of the instances that reported last.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use muster_certs::PublicKey;

/// How many keys are kept. One takes about a kilobyte.
const CAPACITY: usize = 4_096;

/// Making a key ready is about a twentieth of verifying with it, and whoever reports soon reports
/// again. A key that meets another one in its place takes the place.
pub(crate) struct VerifyingKeys(Box<[Mutex<Option<Arc<VerifyingKey>>>]>);

/// One key, ready.
pub(crate) struct VerifyingKey {
    key: PublicKey,
    pub(crate) parsed: ParsedPublicKey,
}

impl VerifyingKeys {
    pub(crate) fn new() -> Self {
        Self((0..CAPACITY).map(|_| Mutex::default()).collect())
    }

    /// `key`, ready. Making it ready happens without a lock.
    pub(crate) fn ready(&self, key: &PublicKey) -> Arc<VerifyingKey> {
        let place = &self.0[place(key)];
        let held = place.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(held) = held.filter(|held| held.key == *key) {
            return held;
        }
        let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.point())
            .expect("a public key is a point known to be on the curve");
        let made = Arc::new(VerifyingKey { key: key.clone(), parsed });
        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
        made
    }
}

/// A coordinate of a point is as good as random, unless somebody chose it: whoever fills one
/// place with many keys has them made ready anew, no more.
fn place(key: &PublicKey) -> usize {
    let last = key.point().last_chunk().expect("a point has 65 bytes");
    usize::from(u16::from_be_bytes(*last)) % CAPACITY
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::{SHA256, digest};
    use muster_certs::{InstanceKey, Seed, SigningMode};

    use super::*;

    fn signed(index: u64) -> (PublicKey, Vec<u8>) {
        let key = InstanceKey::derive_with(&Seed::from_u64(4), index, 0, SigningMode::Fast);
        (key.public_key(), key.sign(b"usage"))
    }

    #[test]
    fn a_key_in_the_place_of_another_verifies_as_itself() {
        let keys = VerifyingKeys::new();
        let first = signed(0);
        let second = (1..1_000_000).map(signed).find(|(key, _)| place(key) == place(&first.0));
        let second = second.expect("places repeat");
        let usage = digest(&SHA256, b"usage");
        for ((key, own), (_, foreign)) in
            [(&first, &second), (&second, &first), (&first, &second), (&first, &second)]
        {
            let ready = keys.ready(key);
            assert!(ready.parsed.verify_digest_sig(&usage, own).is_ok());
            assert!(ready.parsed.verify_digest_sig(&usage, foreign).is_err());
        }
        assert!(Arc::ptr_eq(&keys.ready(&first.0), &keys.ready(&first.0)));
    }
}
