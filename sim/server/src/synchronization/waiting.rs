//! Results of the policy era that wait for a synchronization: authorization codes, acknowledgements
//! and refreshed trust codes.
//!
//! Source: Obtaining a SLAC Response (an On-Prem has the code once it synchronized; "Instant
//! authorization request to CSSM" asks at once, while CSSM can be reached). Assumed: CSSM decides
//! about a code when its instance fetches it; what waits here is the permission to.

use muster_wire::{PollId, Udi};
use serde::{Deserialize, Serialize};

use super::document::{PendingKind, PendingRequest};
use crate::holdings::AccountNumber;
use crate::store::{DeferredResult, Store};

/// One result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) local_account: String,
    pub(crate) udi: Udi,
    /// The request as its message carried it, for a bundle.
    #[serde(default)]
    pub(crate) artefact: Option<Box<str>>,
}

/// Requests that are kept for a bundle: as many as one may have files.
const ARTEFACTS_MAX: usize = 10_000;

/// Bytes of one; a usage file with some reports has ten thousand.
const ARTEFACT_BYTES_MAX: usize = 64 * 1024;

/// Results that wait; beyond, they are ready by time as without a synchronization.
const WAITING_MAX: usize = 100_000;

impl Store {
    /// Lets a result wait for a synchronization of its account, when results do.
    pub(crate) fn wait_for_synchronization(
        &mut self,
        poll_id: PollId,
        account: AccountNumber,
        udi: &Udi,
        artefact: Option<&str>,
    ) {
        let settings = &self.synchronization.settings;
        let waits = settings.results_wait || !settings.is_link_up;
        if !waits || self.synchronization.waiting.len() >= WAITING_MAX {
            return;
        }
        let local_account = self.holdings.account(account).smart_account.clone();
        let kept = self.synchronization.waiting.len() < ARTEFACTS_MAX;
        let artefact = artefact.filter(|of| kept && of.len() <= ARTEFACT_BYTES_MAX);
        let artefact = artefact.map(Into::into);
        let waiting = Waiting { local_account, udi: udi.clone(), artefact };
        self.synchronization.waiting.insert(poll_id, waiting);
    }

    /// Whether a result still waits for a synchronization.
    pub(crate) fn waits_for_synchronization(&self, poll_id: PollId) -> bool {
        self.synchronization.waiting.contains_key(&poll_id)
    }

    /// The local account a result waits for.
    pub(super) fn waits_of(&self, poll_id: PollId) -> Option<&str> {
        self.synchronization.waiting.get(&poll_id).map(|of| of.local_account.as_str())
    }

    pub(super) fn policy_requests(&self, local_account: &str) -> Vec<PendingRequest> {
        let all = self.synchronization.waiting.iter();
        let own = all.filter(|(_, waiting)| waiting.local_account == local_account);
        own.map(|(poll_id, waiting)| PendingRequest {
            request_id: poll_id.0,
            kind: PendingKind::Policy,
            udi_pid: waiting.udi.product_id.to_string(),
            udi_serial_number: waiting.udi.serial_number.to_string(),
        })
        .collect()
    }

    /// Lets the trust codes of an account go.
    pub(super) fn end_waiting_trust(&mut self, local_account: &str) {
        let all = self.synchronization.waiting.iter();
        let own = all.filter(|(_, waiting)| waiting.local_account == local_account);
        let is_trust = |poll_id: &PollId| {
            self.deferred(*poll_id).is_some_and(|of| matches!(of.result, DeferredResult::Trust(..)))
        };
        let own: Vec<PollId> = own.map(|(poll_id, _)| *poll_id).filter(is_trust).collect();
        own.into_iter().for_each(|poll_id| self.end_waiting(poll_id));
    }

    pub(super) fn end_waiting(&mut self, poll_id: PollId) {
        self.synchronization.waiting.remove(&poll_id);
    }
}
