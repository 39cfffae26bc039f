//! The signing key of one product instance, small enough to hold for a whole fleet.

use std::fmt;

use aws_lc_rs::signature::KeyPair as _;

use crate::loaded_keys::LoadedKeys;
use crate::private_key::{CertifyingKey, PrivateKey};
use crate::public_key::PublicKey;
use crate::seed::Seed;
use crate::signature::{self, SigningMode};

/// P-256 key of one product instance. Only the 32-byte scalar is kept: a loaded key costs about
/// 650 bytes, which 50,000 idle instances should not pay.
#[derive(Clone)]
pub struct InstanceKey {
    private_key: PrivateKey,
    mode: SigningMode,
}

impl InstanceKey {
    /// The key of instance `index`, signing reproducibly. Each `generation` is another key, for
    /// an instance that makes a new one (factory reset, new trust request).
    #[must_use]
    pub fn derive(seed: &Seed, index: u64, generation: u32) -> Self {
        Self::derive_with(seed, index, generation, SigningMode::Deterministic)
    }

    /// As [`InstanceKey::derive`], with a chosen signing mode. The mode does not change the key.
    #[must_use]
    pub fn derive_with(seed: &Seed, index: u64, generation: u32, mode: SigningMode) -> Self {
        let label = format!("instance key {generation}");
        Self { private_key: PrivateKey::derive(seed, &label, index), mode }
    }

    /// The public half. Computed on each call (about 10 microseconds).
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.private_key.public_key()
    }

    /// Signs `message` with SHA-256; the result is a DER `ECDSA-Sig-Value`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.private_key.signer(self.mode).sign(message)
    }
}

impl InstanceKey {
    /// As [`InstanceKey::sign`], loading the key into `loaded` or finding it there.
    #[must_use]
    pub fn sign_with(&self, message: &[u8], loaded: &mut LoadedKeys) -> Vec<u8> {
        match self.mode {
            SigningMode::Fast => {
                loaded.with(&self.private_key, |pair| signature::sign_fast(pair, message))
            }
            SigningMode::Deterministic | SigningMode::Placeholder => self.sign(message),
        }
    }

    /// As [`InstanceKey::public_key`], loading the key into `loaded` or finding it there.
    #[must_use]
    pub fn public_key_with(&self, loaded: &mut LoadedKeys) -> PublicKey {
        loaded.with(&self.private_key, |pair| PublicKey::from_key_pair(pair.public_key()))
    }

    /// The key in the shape the certificate builder signs with.
    pub(crate) fn certifying(&self) -> CertifyingKey {
        self.private_key.certifying(self.mode)
    }

    /// How it signs.
    #[must_use]
    pub const fn mode(&self) -> SigningMode {
        self.mode
    }
}

impl fmt::Debug for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceKey").field("mode", &self.mode).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"a report of usage";

    #[test]
    fn same_seed_index_and_generation_sign_the_same_bytes() {
        let seed = Seed::from_u64(11);
        let first = InstanceKey::derive(&seed, 4, 1).sign(MESSAGE);
        let second = InstanceKey::derive(&Seed::from_u64(11), 4, 1).sign(MESSAGE);
        assert_eq!(first, second);
    }

    #[test]
    fn another_seed_index_or_generation_is_another_key() {
        let keys =
            [(11, 4, 1), (12, 4, 1), (11, 5, 1), (11, 4, 2)].map(|(seed, index, generation)| {
                InstanceKey::derive(&Seed::from_u64(seed), index, generation).public_key()
            });
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[at + 1..].contains(key), "key {at} occurs twice");
        }
    }

    #[test]
    fn both_modes_hold_one_key_and_verify() {
        let seed = Seed::from_u64(11);
        let slow = InstanceKey::derive(&seed, 4, 1);
        let fast = InstanceKey::derive_with(&seed, 4, 1, SigningMode::Fast);
        assert_eq!(slow.public_key(), fast.public_key());
        assert!(slow.public_key().verify(MESSAGE, &fast.sign(MESSAGE)));
        assert!(slow.public_key().verify(MESSAGE, &slow.sign(MESSAGE)));
    }

    #[test]
    fn any_changed_byte_fails_to_verify() {
        let key = InstanceKey::derive(&Seed::from_u64(11), 4, 1);
        let (public_key, signature) = (key.public_key(), key.sign(MESSAGE));
        for at in 0..signature.len() {
            let mut changed = signature.clone();
            changed[at] ^= 1;
            assert!(!public_key.verify(MESSAGE, &changed), "signature byte {at}");
        }
        for at in 0..MESSAGE.len() {
            let mut changed = MESSAGE.to_vec();
            changed[at] ^= 1;
            assert!(!public_key.verify(&changed, &signature), "message byte {at}");
        }
    }

    #[test]
    fn a_key_stays_small() {
        assert!(size_of::<InstanceKey>() <= 40);
    }
}
