//! Run seed material: one secret-sized value from which every key and serial number follows.

use std::fmt;

use aws_lc_rs::hkdf;

/// 256 bits of run seed; sub-seeds are derived by label and index with HKDF-SHA256.
///
/// A seed is written into journals and scenario files, so nothing derived from it is secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// Spreads a run's 64-bit seed number over 256 bits.
    #[must_use]
    pub fn from_u64(number: u64) -> Self {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"muster test seed");
        Self(expand(&salt.extract(&number.to_be_bytes()), &[b"run"]))
    }

    /// Takes seed material as it is, for instance the result of [`Seed::derive`].
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The sub-seed for one purpose (`label`) and one member of it (`index`).
    #[must_use]
    pub fn derive(&self, label: &str, index: u64) -> [u8; 32] {
        let key = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &self.0);
        // The index has a fixed width and stands last, so no two pairs share an input.
        expand(&key, &[label.as_bytes(), &index.to_be_bytes()])
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seed").finish_non_exhaustive()
    }
}

fn expand(key: &hkdf::Prk, info: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    key.expand(info, hkdf::HKDF_SHA256)
        .and_then(|material| material.fill(&mut out))
        .expect("32 bytes is the output length of HKDF-SHA256");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_index_and_number_all_matter() {
        let seed = Seed::from_u64(7);
        let base = seed.derive("key", 1);
        assert_eq!(base, Seed::from_u64(7).derive("key", 1));
        assert_ne!(base, seed.derive("key", 2));
        assert_ne!(base, seed.derive("keys", 1));
        assert_ne!(base, Seed::from_u64(8).derive("key", 1));
        assert_ne!(base, Seed::from_bytes(base).derive("key", 1));
    }

    #[test]
    fn derivation_does_not_change_between_releases() {
        // A journal names only its seed: another derivation would orphan every recorded run.
        let hex: String =
            Seed::from_u64(1).derive("pin", 0).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "55cb502f5a0e7ff4496bcdb1b0fcc0caf9c48f9bf607e7501ec6fcbe6567ffba");
    }

    #[test]
    fn debug_does_not_print_the_material() {
        assert_eq!(format!("{:?}", Seed::from_bytes([1; 32])), "Seed { .. }");
    }
}
