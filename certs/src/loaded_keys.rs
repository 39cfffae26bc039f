//! Private keys that were loaded for signing and are likely to sign again soon, a bounded number.

use aws_lc_rs::signature::EcdsaKeyPair;

use crate::private_key::PrivateKey;

/// Loaded keys of the instances that signed last, for [`crate::InstanceKey::sign_with`].
///
/// Loading a key costs about as much as signing with it. A loaded one takes about 650 bytes, so
/// the number kept is bounded; a key that meets another one in its place takes the place.
pub struct LoadedKeys {
    places: Vec<Option<Box<Loaded>>>,
    capacity: usize,
}

struct Loaded {
    scalar: [u8; 32],
    pair: EcdsaKeyPair,
}

impl LoadedKeys {
    /// Room for `capacity` keys; with 0 every use loads the key anew. No memory is taken before
    /// the first key comes.
    #[must_use]
    pub const fn with_capacity(capacity: usize) -> Self {
        Self { places: Vec::new(), capacity }
    }

    /// How many keys are loaded.
    #[must_use]
    pub fn count(&self) -> usize {
        self.places.iter().flatten().count()
    }

    /// Hands `key`, loaded, to `with`.
    pub(crate) fn with<T>(&mut self, key: &PrivateKey, with: impl FnOnce(&EcdsaKeyPair) -> T) -> T {
        if self.capacity == 0 {
            return with(&key.key_pair());
        }
        if self.places.is_empty() {
            self.places.resize_with(self.capacity, || None);
        }
        let scalar = key.scalar();
        let spread = scalar.last_chunk().expect("a scalar has 32 bytes");
        let at = u64::from_be_bytes(*spread) % self.capacity as u64;
        let place = &mut self.places[usize::try_from(at).expect("below a usize")];
        let found = place.take().filter(|loaded| loaded.scalar == *scalar);
        let loaded =
            found.unwrap_or_else(|| Box::new(Loaded { scalar: *scalar, pair: key.key_pair() }));
        with(&place.insert(loaded).pair)
    }
}

impl Default for LoadedKeys {
    /// Keeps none.
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl std::fmt::Debug for LoadedKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoadedKeys").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InstanceKey, Seed, SigningMode};

    #[test]
    fn a_kept_key_signs_as_a_fresh_one_and_only_so_many_are_kept() {
        let seed = Seed::from_u64(8);
        for capacity in [0, 1, 4] {
            let mut loaded = LoadedKeys::with_capacity(capacity);
            for turn in 0..3 {
                for index in 0..9 {
                    let key = InstanceKey::derive_with(&seed, index, 0, SigningMode::Fast);
                    let message = [turn, u8::try_from(index).unwrap()];
                    let signature = key.sign_with(&message, &mut loaded);
                    assert!(key.public_key().verify(&message, &signature), "{capacity} {index}");
                    assert_eq!(key.public_key_with(&mut loaded), key.public_key());
                    assert!(loaded.count() <= capacity);
                }
            }
            assert_eq!(loaded.count() > 0, capacity > 0);
        }
    }
}
