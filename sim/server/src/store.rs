//! What the server remembers: product instances, deferred results, settings.
//!
//! The lock around it is held for look-ups and commits only; signatures are made and verified
//! outside.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use muster_certs::Seed;
use muster_wire::{EntitlementTag, Nonce, PollId, ReportId, Udi};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::admin::console::ApiConsole;
use crate::classic::registry::Registry;
use crate::clock::KeptTime;
use crate::cssm::Cssm;
use crate::defects::DefectSet;
use crate::derivation::{Digest, first_poll_id};
use crate::handler::authorization::AuthorizationWish;
use crate::holdings::Holdings;
use crate::listing::Listing;
use crate::local_account::LocalAccounts;
use crate::notices::Notices;
use crate::options::ServerOptions;
use crate::product_instance::{ProductInstance, Trust};
use crate::settings::{Fault, Settings};
use crate::shared::{Shared, SharedTags};
use crate::state::snapshot::Snapshots;
use crate::state::{Keeps, Kept, KeptIndex, Single, collections};
use crate::synchronization::Synchronization;

/// Everything that changes. Each field is named in the list below: [`crate::state`] says what makes
/// a new one outlive the process.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) settings: Single<Settings>,
    /// Since when the server lives, and how far its clock was moved.
    pub(crate) time: Single<KeptTime>,
    /// What the virtual accounts hold.
    pub(crate) holdings: Holdings,
    /// Registered instances of the classic era.
    pub(crate) classic: Registry,
    pub(crate) local_accounts: LocalAccounts,
    /// What CSSM knows of On-Prems.
    pub(crate) cssm: Cssm,
    pub(crate) synchronization: Synchronization,
    /// Alerts, events, syslog lines.
    pub(crate) notices: Notices,
    /// Up to when everything was brought.
    pub(crate) now_ms: u64,
    /// Who may call the admin API, and who does.
    pub(crate) console: ApiConsole,
    /// Boxed: up to half of an index's places are empty, and one is to cost a pointer.
    instances: KeptIndex<Udi, Box<ProductInstance>>,
    instances_max: usize,
    /// Follows the records of both eras.
    pub(crate) listing: Listing,
    tags: SharedTags,
    deferred: Kept<PollId, Arc<Deferred>>,
    next_poll_id: Single<PollId>,
    collections: Single<u64>,
    /// States of everything else, set aside by name.
    pub(crate) snapshots: Snapshots,
}

collections!(Store {
    kept {
        settings => "settings",
        time => "time",
        instances => "instances",
        deferred => "deferred",
        next_poll_id => "next_poll_id",
        collections => "collections",
        snapshots => "snapshots",
    }
    inner { holdings, classic, local_accounts, cssm, synchronization, notices, console }
    not_kept { now_ms, instances_max, listing, tags }
});

/// A result that waits for its poll.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Deferred {
    /// Who may ask for it.
    pub(crate) udi: Udi,
    /// The request and line that caused it.
    pub(crate) request: Digest,
    pub(crate) line: u64,
    /// From when on a poll gets it, unix milliseconds.
    pub(crate) ready_at_ms: u64,
    pub(crate) result: DeferredResult,
}

/// What a poll gets.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum DeferredResult {
    /// A trust code, stamped with this time (unix milliseconds).
    Trust(Box<Trust>, u64),
    /// An acknowledgement.
    Usage(TakenUsage),
    /// An authorization code.
    Authorization(AuthorizationWish),
}

/// A usage request that was taken.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TakenUsage {
    pub(crate) nonce: Nonce,
    pub(crate) reports: Box<[TakenReport]>,
    /// Whether the policy goes with the acknowledgement; decided by the first poll.
    #[serde(with = "crate::state::once")]
    pub(crate) supplies_policy: OnceLock<bool>,
}

/// A report to acknowledge or reject.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TakenReport {
    pub(crate) id: ReportId,
    pub(crate) tag: Arc<EntitlementTag>,
    /// Why it is rejected.
    pub(crate) rejected: Option<Box<str>>,
}

/// No more product instances fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Store {
    pub(crate) fn new(seed: &Seed, options: &ServerOptions, defects: &Arc<DefectSet>) -> Self {
        let holdings = Holdings::new(accounts_of(options));
        Self {
            settings: Single::new(Settings::new(options)),
            time: Single::default(),
            classic: Registry::new(seed, options, &holdings, defects),
            local_accounts: LocalAccounts::default(),
            cssm: Cssm::default(),
            synchronization: Synchronization::default(),
            notices: Notices::default(),
            now_ms: 0,
            console: ApiConsole::new(options),
            holdings,
            instances: KeptIndex::default(),
            listing: Listing::default(),
            instances_max: options.instances_max,
            tags: SharedTags::default(),
            deferred: Kept::default(),
            next_poll_id: Single::new(first_poll_id(seed)),
            collections: Single::default(),
            snapshots: Snapshots::default(),
        }
    }

    /// Adds the tenants and accounts of options that records from a file lack; what the options
    /// lack stays.
    pub(crate) fn admit(&mut self, options: &ServerOptions) {
        self.settings.add_tenants(&options.tenants);
        self.console.admit(options);
        accounts_of(options).for_each(|account| self.holdings.add(account));
    }

    /// Brings up to date what follows from records that were just read.
    pub(crate) fn rebuild(&mut self) {
        let mut shared = Shared { tags: &mut self.tags, holdings: &self.holdings };
        self.instances.values_mut().for_each(|instance| instance.share(&mut shared));
        let deferred = self.deferred.values_mut().filter_map(Arc::get_mut);
        deferred.for_each(|deferred| deferred.share(&mut shared));
        self.classic.rebuild(&mut shared);
        self.synchronization.next_due_ms = None;
    }

    /// Whether something changed that is not written yet.
    pub(crate) fn has_changed(&mut self) -> bool {
        let mut has_changed = false;
        self.each_collection(&mut |_, collection| has_changed |= collection.has_changed());
        has_changed
    }

    /// The fault the next licensing request meets, counted down.
    pub(crate) fn take_fault(&mut self) -> Option<Fault> {
        // Asked first, because whoever takes the settings to change them has changed them.
        if self.settings.has_fault() { self.settings.take_fault() } else { None }
    }

    /// In no order that means anything.
    pub(crate) fn instances(&self) -> impl Iterator<Item = (&Udi, &ProductInstance)> {
        self.instances.iter().map(|(udi, instance)| (udi, &**instance))
    }

    pub(crate) fn instance(&self, udi: &Udi) -> Option<&ProductInstance> {
        self.instances.get(udi).map(|instance| &**instance)
    }

    /// The instance, with the UDI as it is kept.
    pub(crate) fn known_instance(&self, udi: &Udi) -> Option<(&Udi, &ProductInstance)> {
        self.instances.record(udi).map(|(udi, instance)| (udi, &**instance))
    }

    /// The tag, shared with every record that names it.
    pub(crate) fn shared(&mut self, tag: Arc<EntitlementTag>) -> Arc<EntitlementTag> {
        self.tags.shared(tag)
    }

    /// The instance, made when it is new.
    pub(crate) fn instance_mut(&mut self, udi: &Udi) -> Result<&mut ProductInstance, Full> {
        self.list_by_and_by();
        if self.instances.len() >= self.instances_max && !self.instances.contains_key(udi) {
            return Err(Full);
        }
        Ok(self.instances.or_insert_with(udi, Box::default))
    }

    /// How many records changed that the listing does not show yet.
    pub(crate) fn instances_changed(&self) -> usize {
        self.instances.followed_count() + self.classic.instances_changed()
    }

    /// The records that changed since the listing was brought up to date.
    pub(crate) fn take_instances_changed(&mut self) -> BTreeSet<Udi> {
        let mut changed = self.instances.take_followed();
        changed.append(&mut self.classic.take_instances_changed());
        changed
    }

    /// As [`Store::defer`], unless the line already has a poll id: the same request may be under
    /// way on another thread.
    pub(crate) fn defer_once(&mut self, deferred: Deferred) -> Result<PollId, Full> {
        match self.deferred_before(&deferred.udi, deferred.request, deferred.line) {
            Some(before) => Ok(before),
            None => self.defer(deferred),
        }
    }

    /// Keeps a result for its poll and names it.
    pub(crate) fn defer(&mut self, deferred: Deferred) -> Result<PollId, Full> {
        self.instance_mut(&deferred.udi)?;
        let poll_id = self.number_poll();
        let evicted = self.instance_mut(&deferred.udi)?.add_poll(poll_id, deferred.request);
        if let Some(evicted) = evicted {
            self.deferred.remove(&evicted);
        }
        self.deferred.insert(poll_id, Arc::new(deferred));
        Ok(poll_id)
    }

    /// A poll id nobody was given before.
    pub(crate) fn number_poll(&mut self) -> PollId {
        let poll_id = *self.next_poll_id;
        *self.next_poll_id = PollId(poll_id.0 + 1);
        poll_id
    }

    /// Numbers a collection, from 1.
    pub(crate) fn begin_collection(&mut self) -> u64 {
        *self.collections += 1;
        *self.collections
    }

    pub(crate) fn deferred(&self, poll_id: PollId) -> Option<Arc<Deferred>> {
        self.deferred.get(&poll_id).cloned()
    }

    /// Notes that a result reached its instance; an older delivered one may be forgotten for it.
    pub(crate) fn delivered(&mut self, udi: &Udi, poll_id: PollId) {
        // What its delivery decides becomes part of it.
        self.deferred.touch(&poll_id);
        let evicted = self.instances.value_mut(udi).and_then(|known| known.delivered(poll_id));
        if let Some(evicted) = evicted {
            self.deferred.remove(&evicted);
        }
    }

    /// The poll id already given to this line of this request, if any.
    pub(crate) fn deferred_before(&self, udi: &Udi, request: Digest, line: u64) -> Option<PollId> {
        self.instances.get(udi)?.polls_of(request).find(|poll_id| {
            let known = self.deferred.get(poll_id);
            known.is_some_and(|known| known.request == request && known.line == line)
        })
    }

    /// Whether the instance is in an account.
    pub(crate) fn is_listed(&self, udi: &Udi) -> bool {
        self.instances.get(udi).is_some_and(|instance| instance.account.is_some())
    }

    pub(crate) fn remove(&mut self, udi: &Udi) -> bool {
        self.instances.value_mut(udi).is_some_and(|instance| instance.leave_account())
    }
}

impl Deferred {
    fn share(&mut self, shared: &mut Shared<'_>) {
        match &mut self.result {
            DeferredResult::Trust(trust, _) => shared.account(&mut trust.account),
            DeferredResult::Usage(usage) => {
                usage.reports.iter_mut().for_each(|report| shared.tag(&mut report.tag));
            }
            DeferredResult::Authorization(_) => {}
        }
    }
}

/// Every account the options name, some more than once.
fn accounts_of(options: &ServerOptions) -> impl Iterator<Item = &Account> {
    let of_tenants = options.tenants.iter().map(|tenant| &tenant.account);
    of_tenants.chain(options.id_tokens.iter().map(|grant| &grant.account))
}
