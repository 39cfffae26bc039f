//! What the server knows of one product instance.
//!
//! Source: Troubleshoot SLP on 9800, "Trust Code" and "Invalid Trustcode Processed from CSSM".

use std::sync::Arc;

use muster_certs::{PublicKey, Seed};
use muster_wire::{
    ConfirmationCode, EntitlementTag, Nonce, PollId, ProductInstanceId, ReportId, ReturnCode,
    TrustId, Udi,
};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::derivation::{Digest, IdentifierBytes};
use crate::instance_facts::InstanceFacts;
use crate::nonce_memory::{NONCES_MAX, NonceMemory, NonceUse};
use crate::shared::Shared;

/// Deferred results kept until they are fetched. Three usage requests a day, each polled after
/// about a day, leave far fewer open.
const POLLS_MAX: usize = 64;

/// Fetched results kept for an instance that lost the answer and asks again, as it does at once:
/// as many as the requests and polls whose nonces are remembered.
const DELIVERED_MAX: usize = NONCES_MAX / 2;

/// Reports remembered one by one: some weeks of a controller with a few licences.
const REPORTS_MAX: usize = 256;

/// Licences listed per instance; the largest product has some dozens.
const LICENCES_MAX: usize = 256;

/// One product instance.
#[derive(Debug, Default, Serialize, Deserialize)]
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
    /// What it did with its authorization codes; boxed, because few have any.
    pub(crate) authorization: Option<Box<AuthorizationRecord>>,
    /// What it said of itself, and when.
    #[serde(default)]
    pub(crate) facts: InstanceFacts,
    /// The account whose URL it goes on calling since an administrator moved it to another.
    #[serde(default)]
    pub(crate) moved_from: Option<Arc<Account>>,
    /// Oldest first, as the promises.
    nonces: NonceMemory,
    /// Its own, once an acknowledgement named it.
    #[serde(skip)]
    identifier: Option<IdentifierBytes>,
    open: Vec<Promise>,
    delivered: Vec<Promise>,
}

/// The last codes of a product instance that came back.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct AuthorizationRecord {
    /// Proves that it installed a code over an older one.
    pub(crate) confirmed: Option<ConfirmationCode>,
    /// Proves that it gave everything back.
    pub(crate) returned: Option<ReturnCode>,
}

/// A poll id given to the instance, and for which request.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Promise {
    poll_id: PollId,
    request: Digest,
}

/// A trust given to a product instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Trust {
    pub(crate) id: TrustId,
    #[serde(with = "crate::state::public_key")]
    pub(crate) key: PublicKey,
    pub(crate) account: Arc<Account>,
}

/// The reports of one product instance in one account.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UsageRecord {
    pub(crate) account: Arc<Account>,
    /// The last reported count of each licence.
    in_use: Vec<(Arc<EntitlementTag>, u64)>,
    /// How many different reports were taken.
    pub(crate) reports_taken: u64,
    /// In the order of their ids.
    reports: Vec<(ReportId, Digest)>,
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

impl ProductInstance {
    pub(crate) fn use_nonce(&mut self, nonce: &Nonce, request: Digest) -> NonceUse {
        self.nonces.note(nonce, request)
    }

    /// The identifier that `udi`, its own, has for good.
    pub(crate) fn identifier(&mut self, seed: &Seed, udi: &Udi) -> ProductInstanceId {
        self.identifier.get_or_insert_with(|| IdentifierBytes::derive(seed, udi)).id()
    }

    /// Keeps a poll id; returns the one that makes room for it.
    pub(crate) fn add_poll(&mut self, poll_id: PollId, request: Digest) -> Option<PollId> {
        keep(&mut self.open, Promise { poll_id, request }, POLLS_MAX)
    }

    /// Counts a poll id as fetched; returns the one that is forgotten for it.
    pub(crate) fn delivered(&mut self, poll_id: PollId) -> Option<PollId> {
        let at = self.open.iter().position(|promise| promise.poll_id == poll_id)?;
        let promise = self.open.remove(at);
        keep(&mut self.delivered, promise, DELIVERED_MAX)
    }

    /// The poll ids given to the lines of a request.
    pub(crate) fn polls_of(&self, request: Digest) -> impl Iterator<Item = PollId> {
        let all = self.delivered.iter().chain(&self.open);
        all.filter(move |promise| promise.request == request).map(|promise| promise.poll_id)
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

    /// Shares what it names with the other records, once it was read from a file.
    pub(crate) fn share(&mut self, shared: &mut Shared<'_>) {
        if let Some(trust) = &mut self.trust {
            shared.account(&mut trust.account);
        }
        if let Some(account) = &mut self.account {
            shared.account(account);
        }
        if let Some(record) = &mut self.record {
            shared.account(&mut record.account);
            record.in_use.iter_mut().for_each(|(tag, _)| shared.tag(tag));
        }
    }

    /// Moves it to another account with everything that was counted.
    pub(crate) fn move_to(&mut self, account: &Arc<Account>) {
        let before = self.account.replace(Arc::clone(account));
        if self.moved_from.is_none() {
            self.moved_from = before;
        }
        if let Some(record) = &mut self.record {
            record.account = Arc::clone(account);
        }
        if let Some(trust) = &mut self.trust {
            trust.account = Arc::clone(account);
        }
    }

    /// Deletes the record and leaves the account; whether there was one. Assumed: trust outlives
    /// both, because the documents let the same report be sent again right after, and a trust id
    /// never becomes new again.
    pub(crate) fn leave_account(&mut self) -> bool {
        self.record = None;
        self.policy_id = None;
        self.moved_from = None;
        self.account.take().is_some()
    }
}

impl UsageRecord {
    pub(crate) fn new(account: Arc<Account>) -> Self {
        Self {
            account,
            in_use: Vec::new(),
            reports_taken: 0,
            reports: Vec::new(),
            forgotten_up_to: None,
        }
    }

    pub(crate) fn novelty(&self, report: ReportId, payload: Digest) -> Novelty {
        match self.reports.binary_search_by_key(&report, |(known, _)| *known) {
            Ok(at) if self.reports[at].1 == payload => Novelty::Known,
            Ok(_) => Novelty::Conflicting,
            // Counting an old report twice is worse than not noticing that it was changed.
            Err(_) if self.forgotten_up_to.is_some_and(|last| report <= last) => Novelty::Known,
            Err(_) => Novelty::New,
        }
    }

    /// The last reported count of each licence, in the order of the tags.
    pub(crate) fn in_use(&self) -> impl Iterator<Item = (&EntitlementTag, u64)> {
        self.in_use.iter().map(|(tag, count)| (&**tag, *count))
    }

    /// As [`UsageRecord::in_use`], with the tags as they are shared.
    pub(crate) fn shared_in_use(&self) -> impl Iterator<Item = (&Arc<EntitlementTag>, u64)> {
        self.in_use.iter().map(|(tag, count)| (tag, *count))
    }

    /// Notes the last count of a licence, unless there are too many licences already.
    pub(crate) fn set_in_use(&mut self, tag: &Arc<EntitlementTag>, count: u64) {
        match self.in_use.binary_search_by(|(known, _)| known.cmp(tag)) {
            Ok(at) => self.in_use[at].1 = count,
            Err(at) if self.in_use.len() < LICENCES_MAX => {
                make_room(&mut self.in_use);
                self.in_use.insert(at, (Arc::clone(tag), count));
            }
            Err(_) => {}
        }
    }

    /// Takes a report that is [`Novelty::New`].
    pub(crate) fn take(&mut self, report: ReportId, payload: Digest) {
        let at = self.reports.partition_point(|(known, _)| *known < report);
        make_room(&mut self.reports);
        self.reports.insert(at, (report, payload));
        self.reports_taken += 1;
        if self.reports.len() > REPORTS_MAX {
            self.forgotten_up_to = Some(self.reports.remove(0).0);
        }
    }
}

/// Adds a promise; returns the one that makes room for it.
fn keep(promises: &mut Vec<Promise>, promise: Promise, max: usize) -> Option<PollId> {
    let oldest = if promises.len() == max { Some(promises.remove(0).poll_id) } else { None };
    push_tight(promises, promise);
    oldest
}

pub(crate) fn push_tight<T>(list: &mut Vec<T>, item: T) {
    make_room(list);
    list.push(item);
}

/// Grows by half instead of to four and double: most lists of most instances hold one or two.
fn make_room<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 2 + 1);
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
            let evicted = instance.add_poll(PollId(at), digest(at));
            assert_eq!(evicted, at.checked_sub(POLLS_MAX as u64).map(PollId));
        }
        assert_eq!((instance.nonces.len(), instance.open.len()), (NONCES_MAX, POLLS_MAX));
    }

    #[test]
    fn a_fetched_result_stays_for_a_while_and_never_drives_out_an_open_one() {
        let mut instance = ProductInstance::default();
        let open = PollId(1_000_000);
        assert_eq!(instance.add_poll(open, digest(5_000)), None);
        for at in 0..1_000 {
            assert_eq!(instance.add_poll(PollId(at), digest(at)), None);
            let evicted = instance.delivered(PollId(at));
            assert_eq!(evicted, at.checked_sub(DELIVERED_MAX as u64).map(PollId));
            assert_eq!(instance.delivered(PollId(at)), None);
            assert_eq!(instance.polls_of(digest(at)).last(), Some(PollId(at)));
        }
        assert!(instance.polls_of(digest(5_000)).any(|poll_id| poll_id == open));
    }

    #[test]
    fn licences_are_listed_in_order_with_their_last_count() {
        let mut record = UsageRecord::new(Arc::new(Account::of_test_account("Default")));
        for (tag, count) in [("b", 1), ("c", 2), ("a", 3), ("b", 4)] {
            record.set_in_use(&Arc::new(EntitlementTag::new(tag)), count);
        }
        let listed: Vec<_> = record.in_use().map(|(tag, count)| (tag.as_str(), count)).collect();
        assert_eq!(listed, [("a", 3), ("b", 4), ("c", 2)]);
        for at in 0..2 * LICENCES_MAX as u64 {
            record.set_in_use(&Arc::new(EntitlementTag::new(&at.to_string())), at);
        }
        assert_eq!(record.in_use().count(), LICENCES_MAX);
    }
}
