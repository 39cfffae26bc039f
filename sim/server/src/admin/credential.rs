//! Secrets and passwords, kept so that they can be checked and not read.

use std::fmt;
use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{PBKDF2_HMAC_SHA256, derive, verify};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// Rounds of the key derivation. They hold the thread that also answers product instances for some
/// 30 ms, and locking after failures bounds how often anybody can ask for them.
const ROUNDS: u32 = 100_000;

/// Characters of a secret; longer ones are refused before they are worked on.
const SECRET_LENGTH_MAX: usize = 256;

/// A text nobody can guess.
pub(super) fn random_text() -> String {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).expect("the system has random numbers");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SecretHash {
    /// Base64.
    salt: String,
    /// Base64.
    hash: String,
    rounds: u32,
}

impl SecretHash {
    pub(super) fn of(secret: &str) -> Self {
        let mut salt = [0; 16];
        rand::fill(&mut salt).expect("the system has random numbers");
        let mut hash = [0; 32];
        let rounds = NonZeroU32::new(ROUNDS).expect("a constant over zero");
        derive(PBKDF2_HMAC_SHA256, rounds, &salt, secret.as_bytes(), &mut hash);
        Self { salt: STANDARD.encode(salt), hash: STANDARD.encode(hash), rounds: ROUNDS }
    }

    /// Whether it is the hash of this secret. Takes as long whether or not it is.
    pub(super) fn is_of(&self, secret: &str) -> bool {
        let (salt, hash) = (STANDARD.decode(&self.salt), STANDARD.decode(&self.hash));
        let (Ok(salt), Ok(hash), Some(rounds)) = (salt, hash, NonZeroU32::new(self.rounds)) else {
            return false;
        };
        if secret.len() > SECRET_LENGTH_MAX {
            return false;
        }
        verify(PBKDF2_HMAC_SHA256, rounds, &salt, secret.as_bytes(), &hash).is_ok()
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretHash").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_secret_and_shows_nothing_of_it() {
        let hash = SecretHash::of("correct horse");
        assert!(hash.is_of("correct horse"));
        for wrong in ["", "correct horsf", &"x".repeat(SECRET_LENGTH_MAX + 1)] {
            assert!(!hash.is_of(wrong));
        }
        let kept = serde_json::to_string(&hash).unwrap();
        assert!(!kept.contains("correct") && !format!("{hash:?}").contains(&hash.salt));
        assert_ne!(SecretHash::of("correct horse"), hash);
    }
}
