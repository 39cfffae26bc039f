//! One synchronization over the network, asked for or due.
//!
//! Source: SSM On-Prem 7 User Guide, "On-Demand Online Synchronization", "Synchronization
//! Schedule", "Full Synchronization" (CSSM says when it needs one). Assumed: one that was due and
//! failed is tried again an hour later; of those missed while nobody looked only the last is done.

use super::account_clock::AccountClock;
use super::ageing::Ageing;
use super::document::{SyncRequest, SyncResponse, SyncType};
use super::rejection::{Rejection, Way};
use crate::derivation::Digest;
use crate::local_account::account_state::{AccountInput, AccountState};
use crate::local_account::{AccountCertificate, LocalAccount, Refused};
use crate::notices::topic::Topic;
use crate::notices::{export_text, on_prem_text};
use crate::store::Store;

/// Days an account's ID certificate is valid (documented).
pub(crate) const CERTIFICATE_DAYS: u64 = 364;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// Scheduled times that are passed over one by one; a daily schedule has as many in ten years.
const MISSED_MAX: usize = 4_000;

/// What a synchronization did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Synchronized {
    pub(crate) sync_type: SyncType,
    pub(crate) sync_id: u64,
    /// Product instances CSSM was told of.
    pub(crate) product_instances: usize,
    /// Licences CSSM told of.
    pub(crate) entitlements: usize,
    /// Requests that CSSM decided.
    pub(crate) decided_requests: usize,
    pub(crate) failures: usize,
}

/// Why there was no synchronization.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotSynchronized {
    #[error(transparent)]
    Refused(#[from] Refused),
    /// In the documented words.
    #[error("{0}")]
    Failed(String),
}

impl Store {
    /// Synchronizes an account now, fully when CSSM needs it.
    pub(crate) fn synchronize_account(
        &mut self,
        name: &str,
        sync_type: SyncType,
        now_ms: u64,
    ) -> Result<Synchronized, NotSynchronized> {
        let account = self.synchronizable(name, now_ms)?;
        if account.state == AccountState::Unsynchronized {
            // Registered by file: only a file brings it back.
            let reason = "the account was re-registered by file; synchronize it fully by file";
            return Err(Refused::File { reason: reason.to_owned() }.into());
        }
        let settings = *self.synchronization.settings;
        if !settings.is_link_up {
            return Err(self.failed(&account, "CSSM cannot be reached"));
        }
        if let Some(fault) = settings.next_fault {
            self.synchronization.settings.next_fault = None;
            return Err(self.failed(&account, fault.text(Way::Network)));
        }
        let full = sync_type == SyncType::Full || account.clock.needs_full;
        let asked = if full { SyncType::Full } else { SyncType::Standard };
        let (mut told, mut response) = self.exchanged(&account, asked, now_ms)?;
        if response.full_sync_required {
            let account = self.local_accounts.find(name)?.clone();
            (told, response) = self.exchanged(&account, SyncType::Full, now_ms)?;
        }
        let mut done = self.take_over(name, told, &response, Way::Network, now_ms);
        done.decided_requests += self.decide_rest(name, now_ms);
        self.end_reminders(name);
        Ok(done)
    }

    /// An account that can be synchronized at all.
    pub(super) fn synchronizable(
        &self,
        name: &str,
        now_ms: u64,
    ) -> Result<LocalAccount, NotSynchronized> {
        let unknown = || Refused::Unknown { name: name.chars().take(64).collect() };
        let account = self.local_accounts.get(name).ok_or_else(unknown)?.clone();
        let (state, input) = (account.state, AccountInput::SynchronizeFully);
        // Assumed: a deactivated account can be synchronized, as its deletion needs it.
        let is_registered = account.registration.is_some()
            && matches!(
                state,
                AccountState::Active | AccountState::Unsynchronized | AccountState::Deactivated
            );
        if !is_registered {
            return Err(Refused::State { state, input }.into());
        }
        if account.clock.ageing(now_ms) == Ageing::Dead {
            return Err(Refused::Dead.into());
        }
        Ok(account)
    }

    /// CSSM's answer, and how many product instances it was told of.
    fn exchanged(
        &mut self,
        account: &LocalAccount,
        sync_type: SyncType,
        now_ms: u64,
    ) -> Result<(usize, SyncResponse), NotSynchronized> {
        let request = self.next_request(account, sync_type, now_ms)?;
        match self.cssm_answer(&request, now_ms) {
            Ok(response) => Ok((request.product_instances.len(), response)),
            Err(reason) => Err(self.failed(account, &reason)),
        }
    }

    /// The next request of an account, numbered; what it tells is remembered as told.
    pub(super) fn next_request(
        &mut self,
        account: &LocalAccount,
        sync_type: SyncType,
        now_ms: u64,
    ) -> Result<SyncRequest, NotSynchronized> {
        let state = account.state;
        let registration = account
            .registration
            .as_ref()
            .ok_or(Refused::State { state, input: AccountInput::SynchronizeFully })?;
        let mut report = self.report(account, registration, sync_type, now_ms);
        self.classic.defects.alter(&mut report.request);
        let clock = &mut self.local_accounts.find(&account.name)?.clock;
        clock.last_id = report.request.sync_id;
        clock.asked = Some((report.request.sync_id, sync_type, report.told));
        Ok(report.request)
    }

    /// Notes a failure, with its reason.
    pub(super) fn failed(&mut self, account: &LocalAccount, reason: &str) -> NotSynchronized {
        if let Ok(account) = self.local_accounts.find(&account.name) {
            account.clock.last_failure = Some(reason.to_owned());
        }
        let notice = on_prem_text::synchronization_failed(account.on_prem(), reason);
        self.tell_account(&account.name, notice);
        NotSynchronized::Failed(reason.to_owned())
    }

    /// Sets an account back to what it knew when a backup was made; a synchronization is required
    /// then (documented).
    pub(crate) fn set_back(&mut self, before: LocalAccount) {
        let uid = |of: &LocalAccount| of.registration.as_ref().map(|of| of.uid.clone());
        let name = before.name.clone();
        let Ok(account) = self.local_accounts.find(&name) else { return };
        // One that registered anew since stays as it is.
        if uid(account) != uid(&before) {
            return;
        }
        account.clock = AccountClock { told_age: account.clock.told_age, ..before.clock };
        self.synchronization.next_due_ms = None;
        let required = export_text::synchronization_required(export_text::Awaited::Restore);
        self.tell_account(&name, required);
    }

    /// Runs what is due.
    pub(crate) fn synchronize_due(&mut self, now_ms: u64) {
        let due_ms = match self.synchronization.next_due_ms {
            Some(due_ms) => due_ms,
            None => self.next_due_ms(),
        };
        self.synchronization.next_due_ms = Some(due_ms);
        if due_ms > now_ms {
            return;
        }
        for name in self.local_accounts.names() {
            self.synchronize_if_due(&name, now_ms);
        }
        self.synchronization.next_due_ms = None;
    }

    fn next_due_ms(&self) -> u64 {
        let schedule = self.synchronization.settings.schedule;
        let active = self.local_accounts.all().filter(|of| of.state == AccountState::Active);
        let alive = active.filter(|of| of.clock.told_age != Ageing::Dead);
        alive.filter_map(|of| of.clock.next_ms(&schedule)).min().unwrap_or(u64::MAX)
    }

    fn synchronize_if_due(&mut self, name: &str, now_ms: u64) {
        let schedule = self.synchronization.settings.schedule;
        let is_link_up = self.synchronization.settings.is_link_up;
        let Ok(account) = self.local_accounts.find(name) else { return };
        if account.state != AccountState::Active || account.clock.told_age == Ageing::Dead {
            return;
        }
        let Some(mut at_ms) = account.clock.next_ms(&schedule).filter(|at| *at <= now_ms) else {
            return;
        };
        let uid = account.registration.as_ref().map(|of| of.uid.clone()).unwrap_or_default();
        for _ in 0..MISSED_MAX {
            match schedule.next_ms(at_ms).filter(|next_ms| *next_ms <= now_ms) {
                Some(next_ms) if is_link_up => {
                    account.clock.last_ms = at_ms;
                    self.cssm.passed_over(&uid, at_ms);
                    at_ms = next_ms;
                }
                _ => break,
            }
        }
        let before_ms = std::mem::replace(&mut self.now_ms, at_ms);
        let done = self.synchronize_account(name, SyncType::Standard, at_ms);
        self.now_ms = before_ms.max(now_ms);
        if let (Err(_), Ok(account)) = (done, self.local_accounts.find(name)) {
            account.clock.not_before_ms = now_ms.saturating_add(HOUR_MS);
        }
    }

    /// Notes that a synchronization was completed.
    pub(super) fn completed(&mut self, name: &str, response: &SyncResponse, way: Way, now_ms: u64) {
        let sync_type = response.sync_type;
        let Ok(account) = self.local_accounts.find(name) else { return };
        let clock = &mut account.clock;
        if let Some((id, _, told)) = clock.asked.take() {
            clock.completed_id = id;
            clock.told = told;
        }
        clock.last_ms = now_ms;
        clock.not_before_ms = 0;
        clock.last_failure = None;
        if sync_type == SyncType::Full {
            clock.needs_full = false;
            if way == Way::File && account.owes_full_synchronization {
                account.owes_full_synchronization = false;
                if let Some(to) = account.state.after(AccountInput::SynchronizeFully) {
                    account.state = to;
                }
            }
        }
        let on_prem = account.on_prem().to_owned();
        if let Some(registration) = &mut account.registration {
            registration.certificate =
                new_certificate(&registration.uid, response.sync_id, response.timestamp);
        }
        self.synchronization.next_due_ms = None;
        for topic in [Topic::SynchronizationFailed, Topic::SynchronizationOverdue] {
            let place = crate::notices::Place::account(name);
            self.notices.clear(&place, topic, &on_prem);
        }
        self.tell_account(name, on_prem_text::synchronized(&on_prem, way.as_str()));
        self.note_age(name, now_ms);
    }
}

/// The certificate an account has from a synchronization on.
pub(crate) fn new_certificate(uid: &str, sync_id: u64, now_ms: u64) -> AccountCertificate {
    let not_before_ms = now_ms / 1000 * 1000;
    AccountCertificate {
        serial: Digest::of(format!("account certificate {uid} {sync_id}").as_bytes()).number() | 1,
        not_before_ms,
        not_after_ms: not_before_ms.saturating_add(CERTIFICATE_DAYS * DAY_MS),
    }
}

/// What is wrong with the time of an account's certificate.
pub(super) fn certificate_fault(
    (not_before_ms, not_after_ms): (u64, u64),
    now_ms: u64,
) -> Option<Rejection> {
    // Assumed: an hour between the clocks is forgiven.
    if not_before_ms > now_ms.saturating_add(HOUR_MS) {
        return Some(Rejection::CertificateTimestamp);
    }
    (not_after_ms < now_ms).then_some(Rejection::Certificate)
}
