//! What time alone decides: results that became ready, and licences of instances that fell silent.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow",
//! "Conversion Workflow", "Backing Up and Restoring Conversion Results", and "Alert Actions" (after
//! 90 days without contact the licences go back to the pool, export-controlled ones do not).
//! Assumed: a synchronization that decides a result comes some time after its request.

use std::borrow::Cow;

use muster_wire::classic::answer_status::LICENSE_ALREADY_CONVERTED;
use muster_wire::classic::proposed::conversion::ConversionStatus;
use muster_wire::{PollId, Udi};

use super::promise::{ClassicLicenses, Decided, Outcome, Task, Wanted};
use super::registered_instance::RegisteredInstance;
use super::upstream::UNKNOWN_LICENCE;
use crate::defects::Defect;
use crate::derivation::Digest;
use crate::holdings::AccountNumber;
use crate::holdings::lot::{Lot, LotSource};
use crate::holdings::reservation::Verdict;
use crate::product_catalogue;
use crate::store::Store;

/// Why an export-controlled licence is refused.
const NOT_AVAILABLE: &str = "the licence is not available in the virtual account";
const TOO_MANY: &str = "the product instance holds too many different licences";

impl Store {
    /// Brings everything up to a time.
    pub(crate) fn settle(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        self.synchronize_due(now_ms);
        self.look_by_and_by(now_ms);
        self.list_by_and_by();
        while let Some((ready_at_ms, ..)) = self.classic.due.first() {
            if *ready_at_ms > now_ms {
                break;
            }
            let (_, poll_id, udi) = self.classic.due.pop_first().expect("there is a first one");
            if !self.is_cut_off(&udi, poll_id) {
                self.decide(&udi, poll_id, now_ms);
            }
        }
        while let Some((release_at_ms, _)) = self.classic.releases.first() {
            if *release_at_ms > now_ms {
                break;
            }
            let (_, udi) = self.classic.releases.pop_first().expect("there is a first one");
            self.release(&udi);
        }
    }

    /// Brings everything up to a time, for whoever looks at what was told.
    pub(crate) fn settle_and_look(&mut self, now_ms: u64) {
        self.settle(now_ms);
        self.look(now_ms);
    }

    /// What a synchronization with CSSM does to the results that wait for one.
    pub(crate) fn synchronize(&mut self, now_ms: u64) {
        if self.classic.defects.has(Defect::SYNCHRONIZES_WITHOUT_REQUESTS) {
            return;
        }
        let mut waiting = Vec::new();
        let waits = |of: &RegisteredInstance| of.promises.iter().any(|of| of.outcome.is_none());
        let who = self.classic.instances.iter().filter(|(_, instance)| waits(instance));
        for udi in who.map(|(udi, _)| udi.clone()).collect::<Vec<_>>() {
            let Some(instance) = self.classic.instances.get_mut(&udi) else { continue };
            for promise in instance.promises.iter_mut().filter(|of| of.outcome.is_none()) {
                let due = (promise.ready_at_ms, promise.poll_id, udi.clone());
                self.classic.due.remove(&due);
                promise.ready_at_ms = promise.ready_at_ms.min(now_ms);
                waiting.push((promise.poll_id, udi.clone()));
            }
        }
        for (poll_id, udi) in waiting {
            self.decide(&udi, poll_id, now_ms);
        }
    }

    /// Decides a result that is ready and was not decided yet.
    pub(super) fn decide(&mut self, udi: &Udi, poll_id: PollId, now_ms: u64) {
        let Some(instance) = self.classic.instance(udi) else { return };
        let account = instance.account;
        let Some(promise) = instance.promised(poll_id) else { return };
        if promise.outcome.is_some() || promise.ready_at_ms > now_ms {
            return;
        }
        let (task, request) = (promise.task.clone(), promise.request);
        let outcome = self.outcome(udi, account, &task, request, now_ms);
        let promises = self.classic.instances.get_mut(udi).map(|instance| &mut instance.promises);
        let promise = promises.into_iter().flatten().find(|promise| promise.poll_id == poll_id);
        if let (Some(promise), Some(outcome)) = (promise, outcome) {
            promise.keep_outcome(outcome.clone());
            self.tell_outcome(udi, &outcome);
        }
    }

    /// What becomes of a task; none while it goes on waiting.
    pub(super) fn outcome(
        &mut self,
        udi: &Udi,
        account: AccountNumber,
        task: &Task,
        request: Digest,
        now_ms: u64,
    ) -> Option<Outcome> {
        match task {
            Task::Export(wanted) => self.authorized(udi, account, wanted, now_ms),
            Task::Return(wanted) => {
                let keeps = self.classic.defects.has(Defect::KEEPS_WHAT_WAS_RETURNED);
                for Wanted { tag, count } in wanted.iter().filter(|_| !keeps) {
                    self.holdings.give_back(udi, tag, *count);
                }
                Some(Outcome::Returned(wanted.clone()))
            }
            Task::Conversion(licenses) => Some(self.converted(udi, account, licenses, request)),
        }
    }

    fn authorized(
        &mut self,
        udi: &Udi,
        account: AccountNumber,
        wanted: &[Wanted],
        now_ms: u64,
    ) -> Option<Outcome> {
        let mut verdicts = Vec::with_capacity(wanted.len());
        for Wanted { tag, count } in wanted {
            verdicts.push(self.holdings.verdict(udi, account, (tag, *count), now_ms));
        }
        let generous = self.classic.defects.has(Defect::GRANTS_EXPORT_WITHOUT_HOLDINGS);
        if verdicts.contains(&Verdict::Elsewhere) && !generous {
            return None;
        }
        let mut decided = Vec::with_capacity(wanted.len());
        for (one, verdict) in wanted.iter().zip(verdicts) {
            let refused = match verdict {
                Verdict::TooMany => Some(TOO_MANY),
                Verdict::NotAvailable if !generous => Some(NOT_AVAILABLE),
                _ => None,
            };
            if refused.is_none() && !self.classic.defects.has(Defect::RESERVES_NOTHING) {
                self.holdings.reserve(udi, account, &one.tag, one.count);
            }
            decided.push(Decided { wanted: one.clone(), refused: refused.map(Cow::Borrowed) });
        }
        Some(Outcome::Export(now_ms, decided))
    }

    /// CSSM's answer to a conversion, and what the On-Prem reports of it.
    fn converted(
        &mut self,
        udi: &Udi,
        account: AccountNumber,
        licenses: &ClassicLicenses,
        request: Digest,
    ) -> Outcome {
        let (status, detail) = match self.refused_conversion(udi, licenses, request) {
            Some(refused) => refused,
            None => {
                let before = self.classic.conversions.done.insert(udi.clone(), request);
                self.classic.conversions.proofs.insert(licenses.proof, ());
                // The same request again, after a restore, deposits nothing.
                let keeps = self.classic.defects.has(Defect::CONVERTS_AND_DEPOSITS_NOTHING);
                let deposits = before != Some(request) && !keeps;
                let deposits = licenses.converted_to.iter().filter(|_| deposits);
                let deposits: Vec<Wanted> = deposits.cloned().collect();
                for Wanted { tag, count } in deposits {
                    let lot = Lot::perpetual(count, LotSource::Conversion);
                    self.holdings.deposit(account, &tag, lot.clone());
                    self.settle_at_cssm(account, &tag);
                    self.tell_converted(udi, account, &tag, &lot);
                }
                (ConversionStatus::MigrateSuccess, "")
            }
        };
        self.classic.conversions.reported.insert(udi.clone(), status.clone());
        Outcome::Converted(status, detail.to_owned())
    }

    fn refused_conversion(
        &self,
        udi: &Udi,
        licenses: &ClassicLicenses,
        request: Digest,
    ) -> Option<(ConversionStatus, &'static str)> {
        let failed = |detail| Some((ConversionStatus::MigrateFailed, detail));
        if licenses.converted_to.is_empty() {
            return failed("there is nothing to convert");
        }
        if licenses
            .converted_to
            .iter()
            .any(|of| !product_catalogue::knows(&of.tag) || of.count == 0)
        {
            return failed(UNKNOWN_LICENCE);
        }
        if !self.classic.can_remember(udi) {
            return failed("no more conversions fit");
        }
        let again = self.was_converted(udi, licenses.proof, Some(request));
        again.then_some((ConversionStatus::AlreadyConverted, LICENSE_ALREADY_CONVERTED))
    }

    /// Whether CSSM converted an instance's licences before, by another request than `request`: an
    /// On-Prem that was restored sends the same one again and learns that it was done.
    pub(super) fn was_converted(&self, udi: &Udi, proof: Digest, request: Option<Digest>) -> bool {
        let conversions = &self.classic.conversions;
        if self.classic.defects.has(Defect::CONVERTS_TWICE) {
            return false;
        }
        match conversions.done.get(udi) {
            Some(before) => Some(*before) != request,
            None => conversions.proofs.contains_key(&proof),
        }
    }

    fn release(&mut self, udi: &Udi) {
        if self.classic.defects.has(Defect::NEVER_RELEASES_SILENT_INSTANCES) {
            return;
        }
        self.end_uses(udi);
        if self.classic.defects.has(Defect::RELEASES_RESTRICTED_LICENCES) {
            self.holdings.give_back_all(udi);
        }
        if let Some(instance) = self.classic.instances.get_mut(udi) {
            instance.is_released = true;
        }
        self.tell_released(udi);
        self.note_use_ended(udi);
    }

    /// Deletes an instance's record and gives back everything it holds; whether there was one.
    pub(crate) fn deregister(&mut self, udi: &Udi) -> bool {
        if !self.classic.defects.has(Defect::KEEPS_LICENCES_OF_WHO_LEFT) {
            self.end_uses(udi);
            self.holdings.give_back_all(udi);
        }
        self.classic.strike(udi).is_some()
    }
}
