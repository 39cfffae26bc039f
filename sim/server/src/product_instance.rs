//! What the server knows of one product instance.
//!
//! Source: Troubleshoot SLP on 9800, "Trust Code" and "Invalid Trustcode Processed from CSSM".

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use muster_certs::PublicKey;
use muster_wire::{EntitlementTag, Nonce, PollId, ReportId, TrustId};

use crate::account::Account;
use crate::derivation::Digest;

/// Requests whose nonce is remembered. An instance sends a few a day; replays are tried soon.
const NONCES_MAX: usize = 16;

/// Deferred results kept. Three usage requests a day, each polled after about a day, leave far
/// fewer open.
const POLLS_MAX: usize = 64;

/// Reports remembered one by one: some weeks of a controller with a few licences.
const REPORTS_MAX: usize = 256;

/// Licences listed per instance; the largest product has some dozens.
const LICENCES_MAX: usize = 256;

/// One product instance.
#[derive(Debug, Default)]
pub(crate) struct ProductInstance {
    /// The highest trust id processed; 0 before the first.
    pub(crate) last_trust_id: TrustId,
    /// The trust in force.
    pub(crate) trust: Option<Trust>,
    /// Whether the last trust request was refused for its id: usage is not processed meanwhile.
    pub(crate) trust_is_invalid: bool,
    /// The account it belongs to, by token, tenant or record.
    pub(crate) account: Option<Arc<Account>>,
    /// What it reported.
    pub(crate) record: Option<UsageRecord>,
    /// The custom policy it was given.
    pub(crate) policy_id: Option<u64>,
    nonces: VecDeque<(Nonce, Digest)>,
    polls: VecDeque<PollId>,
}

/// A trust given to a product instance.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    pub(crate) id: TrustId,
    pub(crate) key: PublicKey,
    pub(crate) account: Arc<Account>,
}

/// The reports of one product instance in one account.
#[derive(Debug)]
pub(crate) struct UsageRecord {
    pub(crate) account: Arc<Account>,
    /// The last reported count of each licence.
    pub(crate) in_use: BTreeMap<EntitlementTag, u64>,
    /// How many different reports were taken.
    pub(crate) reports_taken: u64,
    reports: BTreeMap<ReportId, Digest>,
    /// Reports up to this one are no longer remembered one by one.
    forgotten_up_to: Option<ReportId>,
}

/// How a report stands to those taken before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Novelty {
    New,
    /// The same report again.
    Known,
    /// Another payload under a known id.
    Conflicting,
}

/// How a request stands to those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NonceUse {
    First,
    /// The same request again, byte for byte.
    SameRequest,
    OtherRequest,
}

impl ProductInstance {
    pub(crate) fn use_nonce(&mut self, nonce: &Nonce, request: Digest) -> NonceUse {
        if let Some((_, before)) = self.nonces.iter().find(|(known, _)| known == nonce) {
            return if *before == request { NonceUse::SameRequest } else { NonceUse::OtherRequest };
        }
        if self.nonces.len() == NONCES_MAX {
            self.nonces.pop_front();
        }
        self.nonces.push_back((nonce.clone(), request));
        NonceUse::First
    }

    /// Keeps a poll id; returns the one that makes room for it.
    pub(crate) fn add_poll(&mut self, poll_id: PollId) -> Option<PollId> {
        let oldest = if self.polls.len() == POLLS_MAX { self.polls.pop_front() } else { None };
        self.polls.push_back(poll_id);
        oldest
    }

    pub(crate) fn polls(&self) -> impl Iterator<Item = PollId> {
        self.polls.iter().copied()
    }

    /// Puts a trust in force.
    pub(crate) fn install(&mut self, trust: Trust) {
        // Another key means the instance started over and lost its policy with the old one.
        if self.trust.as_ref().is_some_and(|now| now.key != trust.key) {
            self.policy_id = None;
        }
        self.trust_is_invalid = false;
        self.trust = Some(trust);
    }

    /// Puts a trust in force that was deferred, unless it, or a later one, already is.
    pub(crate) fn install_deferred(&mut self, trust: Trust) {
        if self.trust.as_ref().is_none_or(|now| now.id < trust.id) {
            self.install(trust);
        }
    }

    /// Deletes the record and leaves the account; whether there was one. Assumed: trust outlives
    /// both, because the documents let the same report be sent again right after, and a trust id
    /// never becomes new again.
    pub(crate) fn leave_account(&mut self) -> bool {
        self.record = None;
        self.policy_id = None;
        self.account.take().is_some()
    }
}

impl UsageRecord {
    pub(crate) fn new(account: Arc<Account>) -> Self {
        Self {
            account,
            in_use: BTreeMap::new(),
            reports_taken: 0,
            reports: BTreeMap::new(),
            forgotten_up_to: None,
        }
    }

    pub(crate) fn novelty(&self, report: ReportId, payload: Digest) -> Novelty {
        match self.reports.get(&report) {
            Some(known) if *known == payload => Novelty::Known,
            Some(_) => Novelty::Conflicting,
            // Counting an old report twice is worse than not noticing that it was changed.
            None if self.forgotten_up_to.is_some_and(|last| report <= last) => Novelty::Known,
            None => Novelty::New,
        }
    }

    /// Notes the last count of a licence, unless there are too many licences already.
    pub(crate) fn set_in_use(&mut self, tag: &EntitlementTag, count: u64) {
        if self.in_use.len() < LICENCES_MAX || self.in_use.contains_key(tag) {
            self.in_use.insert(tag.clone(), count);
        }
    }

    pub(crate) fn take(&mut self, report: ReportId, payload: Digest) {
        self.reports.insert(report, payload);
        self.reports_taken += 1;
        if self.reports.len() > REPORTS_MAX {
            self.forgotten_up_to = self.reports.pop_first().map(|(oldest, _)| oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(of: u64) -> Digest {
        Digest::of(&of.to_be_bytes())
    }

    #[test]
    fn a_report_is_new_once_and_conflicts_when_changed() {
        let mut record = UsageRecord::new(Arc::new(Account::of_test_account("Default")));
        assert_eq!(record.novelty(ReportId(5), digest(1)), Novelty::New);
        record.take(ReportId(5), digest(1));
        assert_eq!(record.novelty(ReportId(5), digest(1)), Novelty::Known);
        assert_eq!(record.novelty(ReportId(5), digest(2)), Novelty::Conflicting);
    }

    #[test]
    fn a_forgotten_report_is_not_counted_again() {
        let mut record = UsageRecord::new(Arc::new(Account::of_test_account("Default")));
        for report in 0..=REPORTS_MAX as u64 {
            record.take(ReportId(report), digest(report));
        }
        assert_eq!(record.novelty(ReportId(0), digest(0)), Novelty::Known);
        assert_eq!(record.novelty(ReportId(1_000), digest(0)), Novelty::New);
    }

    #[test]
    fn memory_of_nonces_and_polls_is_bounded() {
        let mut instance = ProductInstance::default();
        for at in 0..1_000 {
            let nonce = Nonce::new(&at.to_string());
            assert_eq!(instance.use_nonce(&nonce, digest(at)), NonceUse::First);
            assert_eq!(instance.use_nonce(&nonce, digest(at)), NonceUse::SameRequest);
            assert_eq!(instance.use_nonce(&nonce, digest(at + 1)), NonceUse::OtherRequest);
            let evicted = instance.add_poll(PollId(at));
            assert_eq!(evicted, at.checked_sub(POLLS_MAX as u64).map(PollId));
        }
        assert_eq!((instance.nonces.len(), instance.polls().count()), (NONCES_MAX, POLLS_MAX));
    }
}
