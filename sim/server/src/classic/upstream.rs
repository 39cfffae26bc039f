//! What of the classic era waits for CSSM: asked for by an On-Prem, decided by CSSM, delivered when
//! the answer came.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow" and
//! "Conversion Workflow".

use muster_wire::PollId;
use muster_wire::classic::proposed::conversion::ConversionStatus;

use super::promise::{Outcome, Promise, Task};
use crate::defects::Defect;
use crate::holdings::AccountNumber;
use crate::holdings::lot::Lot;
use crate::notices::licence_text::Origin;
use crate::notices::topic::Topic;
use crate::notices::{export_text, instance_text, licence_text, watch};
use crate::router::Role;
use crate::store::Store;
use crate::synchronization::document::{PendingKind, PendingRequest};
use muster_wire::{EntitlementTag, Udi};

/// Why a conversion fails whose licence nobody sells.
pub(super) const UNKNOWN_LICENCE: &str = "a licence to convert to is not known";

impl Task {
    fn pending_kind(&self) -> PendingKind {
        match self {
            Self::Export(_) => PendingKind::Export,
            Self::Return(_) => PendingKind::ExportReturn,
            Self::Conversion(_) => PendingKind::Conversion,
        }
    }
}

impl Store {
    /// The requests of a local account that wait for CSSM.
    pub(crate) fn waiting_requests(&self, local_account: &str) -> Vec<PendingRequest> {
        let mut waiting = Vec::new();
        if self.classic.defects.has(Defect::SYNCHRONIZES_WITHOUT_REQUESTS) {
            return waiting;
        }
        for (udi, instance) in self.instances_of(local_account) {
            let undecided = instance.promises.iter().filter(|promise| promise.outcome.is_none());
            waiting.extend(undecided.map(|promise| PendingRequest {
                request_id: promise.poll_id.0,
                kind: promise.task.pending_kind(),
                udi_pid: udi.product_id.to_string(),
                udi_serial_number: udi.serial_number.to_string(),
            }));
        }
        waiting
    }

    /// CSSM's decision about a request; whether there is one.
    pub(crate) fn decide_upstream(&mut self, request: &PendingRequest, now_ms: u64) -> bool {
        let (udi, poll_id) = (request.udi(), PollId(request.request_id));
        let Some(instance) = self.classic.instance(&udi) else { return false };
        let account = instance.account;
        let Some(promise) = instance.promised(poll_id) else { return false };
        if promise.upstream.is_some() {
            return true;
        }
        if promise.outcome.is_some() {
            return false;
        }
        let (task, request) = (promise.task.clone(), promise.request);
        // What CSSM has sold and the On-Prem does not know of yet may be what is asked for.
        if let Task::Export(wanted) = &task
            && wanted.iter().any(|one| self.has_news(account, &one.tag))
        {
            return false;
        }
        let Some(outcome) = self.outcome(&udi, account, &task, request, now_ms) else {
            self.tell_export_waits(&udi, account, &task);
            return false;
        };
        match self.promise_mut(&udi, poll_id) {
            Some(promise) => promise.upstream = Some(outcome),
            None => return false,
        }
        true
    }

    /// Decides and delivers what still waits after the On-Prem took CSSM's answer over; how much.
    pub(crate) fn decide_rest(&mut self, local_account: &str, now_ms: u64) -> usize {
        let waiting = self.waiting_requests(local_account);
        let decided: Vec<_> =
            waiting.into_iter().filter(|of| self.decide_upstream(of, now_ms)).collect();
        decided.iter().for_each(|of| self.deliver_upstream(of));
        decided.len()
    }

    /// Gives what CSSM decided to the poll that waits for it.
    pub(crate) fn deliver_upstream(&mut self, request: &PendingRequest) {
        let (udi, poll_id) = (request.udi(), PollId(request.request_id));
        let Some(promise) = self.promise_mut(&udi, poll_id) else { return };
        let Some(outcome) = promise.upstream.take() else { return };
        let due = (promise.ready_at_ms, poll_id, udi.clone());
        promise.keep_outcome(outcome.clone());
        self.classic.due.remove(&due);
        self.tell_outcome(&udi, &outcome);
    }

    fn promise_mut(&mut self, udi: &Udi, poll_id: PollId) -> Option<&mut Promise> {
        let instance = self.classic.instances.get_mut(udi)?;
        instance.promises.iter_mut().find(|promise| promise.poll_id == poll_id)
    }

    /// Whether results wait for a synchronization instead of for a time.
    pub(super) fn waits_for_cssm(&self, role: Role) -> bool {
        let settings = &self.synchronization.settings;
        role == Role::OnPrem && (settings.results_wait || !settings.is_link_up)
    }

    /// Tells of a request that was put off until a synchronization.
    pub(super) fn tell_put_off(&mut self, udi: &Udi, account: AccountNumber, task: &Task) {
        let (named, place) = (self.named(udi), self.holdings.place(account));
        let (notice, awaited) = match task {
            Task::Export(_) => {
                (Some(export_text::pending(place.pool(), &named)), export_text::Awaited::Export)
            }
            Task::Return(_) => {
                let notice = export_text::return_pending(place.pool(), &named);
                (Some(notice), export_text::Awaited::Export)
            }
            Task::Conversion(_) => (None, export_text::Awaited::Conversion),
        };
        if let Some(notice) = notice {
            self.tell(account, notice);
        }
        let required = export_text::synchronization_required(awaited);
        self.tell_account(&place.local_account, required);
    }

    fn tell_export_waits(&mut self, udi: &Udi, account: AccountNumber, task: &Task) {
        let Task::Export(wanted) = task else { return };
        let wanted: Vec<(EntitlementTag, u64)> =
            wanted.iter().map(|one| (one.tag.clone(), u64::from(one.count))).collect();
        let (named, place) = (self.named(udi), self.holdings.place(account));
        self.tell(account, export_text::not_available(place.pool(), &named, &wanted));
    }

    /// Tells what became of a request, and ends what was told of it.
    pub(super) fn tell_outcome(&mut self, udi: &Udi, outcome: &Outcome) {
        let Some(account) = self.classic.instance(udi).map(|instance| instance.account) else {
            return;
        };
        let (named, place) = (self.named(udi), self.holdings.place(account));
        match outcome {
            Outcome::Export(_, decided) => {
                self.notices.clear(&place, Topic::ExportAuthorizationPending, &named.udi);
                let refused: Vec<(EntitlementTag, u64)> = decided
                    .iter()
                    .filter(|one| one.refused.is_some())
                    .map(|one| (one.wanted.tag.clone(), u64::from(one.wanted.count)))
                    .collect();
                if refused.is_empty() {
                    self.notices.clear(&place, Topic::ExportLicenseNotAvailable, &named.udi);
                    self.tell(account, export_text::consumed(place.pool(), &named));
                } else {
                    let notice = export_text::not_available(place.pool(), &named, &refused);
                    self.tell(account, notice);
                }
            }
            Outcome::Returned(wanted) => {
                self.notices.clear(&place, Topic::ExportReturnPending, &named.udi);
                let wanted: Vec<(EntitlementTag, u64)> =
                    wanted.iter().map(|one| (one.tag.clone(), u64::from(one.count))).collect();
                self.tell(account, export_text::returned(place.pool(), &named, &wanted));
            }
            Outcome::Converted(ConversionStatus::MigrateSuccess, _) => {
                self.tell(account, export_text::conversion_done(&named));
            }
            Outcome::Converted(ConversionStatus::MigrateFailed, detail) => {
                let product = udi.product_id.to_string();
                self.tell(account, export_text::conversion_failed(place.pool(), &named, &product));
                if detail == UNKNOWN_LICENCE {
                    self.tell(account, export_text::not_converted(place.pool(), &named));
                }
            }
            Outcome::Converted(..) => {}
        }
    }

    /// Tells of licences a conversion deposited.
    pub(super) fn tell_converted(
        &mut self,
        udi: &Udi,
        account: AccountNumber,
        tag: &EntitlementTag,
        lot: &Lot,
    ) {
        let (named, place) = (self.named(udi), self.holdings.place(account));
        let origin = Origin::Conversion(&named.name);
        let notice = licence_text::new(place.pool(), watch::licences(tag, lot), origin);
        self.tell(account, notice);
        self.note_shortages(account, tag);
    }

    /// Tells that a product instance got keys of another vendor.
    pub(super) fn tell_third_party_keys(&mut self, udi: &Udi, account: AccountNumber) {
        let (named, place) = (self.named(udi), self.holdings.place(account));
        self.tell(account, instance_text::third_party_keys(place.pool(), &named));
    }
}

impl Store {
    /// Whether a result that is ready cannot be had because CSSM cannot be reached; then it waits
    /// for a synchronization.
    pub(super) fn is_cut_off(&mut self, udi: &Udi, poll_id: PollId) -> bool {
        let role = self.classic.instance(udi).map(|instance| instance.role);
        if role != Some(Role::OnPrem) || self.synchronization.settings.is_link_up {
            return false;
        }
        let Some(promise) = self.promise_mut(udi, poll_id) else { return false };
        promise.ready_at_ms = u64::MAX;
        self.classic.due.insert((u64::MAX, poll_id, udi.clone()));
        true
    }
}
