//! One registered product instance.
//!
//! Source: SSM On-Prem 7 User Guide, "About Product Instances" (one record per UDI); Cisco ACI
//! Smart Licensing, "Smart Licensing Authorization Status" (what the ID certificate is for).

use std::sync::Arc;

use muster_certs::PublicKey;
use muster_wire::classic::AuthorizationState;
use muster_wire::classic::proposed::entitlement::Application;
use muster_wire::{EntitlementTag, PollId, ProductInstanceId, Udi};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::host::Host;
use super::promise::{PROMISES_MAX, Promise};
use crate::derivation::Digest;
use crate::holdings::AccountNumber;
use crate::instance_facts::InstanceFacts;
use crate::nonce_memory::NonceMemory;
use crate::router::Role;

/// Days until the licences of a silent instance are free for others (documented).
const RELEASE_AFTER_MS: u64 = 90 * 86_400_000;

/// One registered product instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RegisteredInstance {
    /// The server it registered with.
    pub(crate) role: Role,
    pub(crate) account: AccountNumber,
    pub(crate) identifier: ProductInstanceId,
    /// Whether its token allowed export-controlled functions.
    pub(crate) export_allowed: bool,
    pub(crate) certificate: IdCertificate,
    /// The one before a renewal whose answer may have been lost.
    pub(super) previous: Option<Box<IdCertificate>>,
    /// The request its certificate was issued for.
    pub(super) certified_by: Digest,
    /// The other product instances of its stack or pair.
    pub(crate) members: Box<[Udi]>,
    /// Everything it said it uses.
    pub(crate) uses: Vec<Use>,
    pub(crate) last_contact_ms: u64,
    /// What it said of itself.
    #[serde(default)]
    pub(crate) facts: InstanceFacts,
    /// What it said of its machine.
    #[serde(default)]
    pub(crate) host: Option<Box<Host>>,
    /// Whether its silence was told of.
    #[serde(default)]
    pub(super) is_warned: bool,
    /// Whether its licences were released because it was silent.
    pub(crate) is_released: bool,
    /// What it was told last about its authorization.
    pub(crate) told: Option<AuthorizationState>,
    pub(super) nonces: NonceMemory,
    /// Oldest first.
    pub(super) promises: Vec<Promise>,
}

/// An ID certificate, as far as the server needs to remember it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IdCertificate {
    pub(crate) serial: u64,
    /// Unix milliseconds, whole seconds.
    pub(crate) not_before_ms: u64,
    pub(crate) days: u32,
    #[serde(with = "crate::state::public_key")]
    pub(crate) key: PublicKey,
}

/// One licence in use.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Use {
    pub(crate) tag: Arc<EntitlementTag>,
    pub(crate) count: u32,
    /// The application that uses it, when that is redundant.
    pub(crate) application: Option<Box<Application>>,
    /// How many of the account's licences it takes.
    pub(crate) counted: u32,
}

impl IdCertificate {
    /// Last moment of its validity, unix milliseconds.
    pub(crate) fn not_after_ms(&self) -> u64 {
        self.not_before_ms.saturating_add(u64::from(self.days) * 86_400_000)
    }
}

impl RegisteredInstance {
    /// When its silence releases its licences.
    pub(super) fn release_at_ms(&self) -> u64 {
        self.last_contact_ms.saturating_add(RELEASE_AFTER_MS)
    }

    pub(super) fn promised(&self, poll_id: PollId) -> Option<&Promise> {
        self.promises.iter().find(|promise| promise.poll_id == poll_id)
    }

    /// The poll id already given for a request.
    pub(super) fn promised_for(&self, request: Digest) -> Option<PollId> {
        self.promises.iter().find(|promise| promise.request == request).map(|of| of.poll_id)
    }

    /// Keeps a promise; returns the one that makes room for it: the oldest that is decided, else
    /// the oldest.
    pub(super) fn promise(&mut self, promise: Promise) -> Option<Promise> {
        let evicted = (self.promises.len() >= PROMISES_MAX).then(|| {
            let decided = self.promises.iter().position(|promise| promise.outcome.is_some());
            self.promises.remove(decided.unwrap_or(0))
        });
        self.promises.push(promise);
        evicted
    }

    /// What waits for its poll, for people.
    pub(super) fn pending(&self) -> impl Iterator<Item = Value> {
        self.promises.iter().map(|promise| {
            json!({
                "poll_id": promise.poll_id,
                "type": promise.task.message_type().as_str(),
                "ready_at_ms": promise.ready_at_ms,
                "is_decided": promise.outcome.is_some(),
            })
        })
    }

    /// How many of a licence it uses, all its applications together.
    pub(super) fn used(&self, tag: &EntitlementTag) -> u64 {
        let of_tag = self.uses.iter().filter(|used| *used.tag == *tag);
        of_tag.map(|used| u64::from(used.count)).sum()
    }
}
