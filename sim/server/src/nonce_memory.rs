//! Which nonces a product instance used lately, and for which requests.

use muster_wire::Nonce;
use serde::{Deserialize, Serialize};

use crate::derivation::Digest;
use crate::product_instance::push_tight;

/// Requests whose nonce is remembered. An instance sends a few a day; replays are tried soon.
pub(crate) const NONCES_MAX: usize = 16;

/// The last nonces, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct NonceMemory(Vec<(Nonce, Digest)>);

/// How a request stands to those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NonceUse {
    First,
    /// The same request again, byte for byte.
    SameRequest,
    OtherRequest,
}

impl NonceMemory {
    /// Notes the nonce of a request, unless it is known.
    pub(crate) fn note(&mut self, nonce: &Nonce, request: Digest) -> NonceUse {
        if let Some((_, before)) = self.0.iter().find(|(known, _)| known == nonce) {
            return if *before == request { NonceUse::SameRequest } else { NonceUse::OtherRequest };
        }
        if self.0.len() == NONCES_MAX {
            self.0.remove(0);
        }
        push_tight(&mut self.0, (nonce.clone(), request));
        NonceUse::First
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
