//! What the server remembers: product instances, deferred results, settings.
//!
//! The lock around it is held for look-ups and commits only; signatures are made and verified
//! outside.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use muster_certs::Seed;
use muster_wire::{EntitlementTag, Nonce, PollId, ReportId, Udi};

use crate::classic::registry::Registry;
use crate::derivation::{Digest, first_poll_id};
use crate::handler::authorization::AuthorizationWish;
use crate::holdings::Holdings;
use crate::options::ServerOptions;
use crate::product_instance::{ProductInstance, Trust};
use crate::settings::Settings;

/// Licence tags shared between the records that name them. A catalogue has some hundreds; tags
/// beyond are kept once per record.
const SHARED_TAGS_MAX: usize = 4_096;

/// Everything that changes.
pub(crate) struct Store {
    pub(crate) settings: Settings,
    /// What the virtual accounts hold.
    pub(crate) holdings: Holdings,
    /// Registered instances of the classic era.
    pub(crate) classic: Registry,
    /// Boxed: half of a tree's places are empty, and one is to cost a pointer.
    instances: BTreeMap<Udi, Box<ProductInstance>>,
    instances_max: usize,
    tags: BTreeSet<Arc<EntitlementTag>>,
    deferred: BTreeMap<PollId, Arc<Deferred>>,
    next_poll_id: PollId,
    collections: u64,
}

/// A result that waits for its poll.
#[derive(Debug)]
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
#[derive(Debug)]
pub(crate) enum DeferredResult {
    /// A trust code, stamped with this time (unix milliseconds).
    Trust(Box<Trust>, u64),
    /// An acknowledgement.
    Usage(TakenUsage),
    /// An authorization code.
    Authorization(AuthorizationWish),
}

/// A usage request that was taken.
#[derive(Debug)]
pub(crate) struct TakenUsage {
    pub(crate) nonce: Nonce,
    pub(crate) reports: Box<[TakenReport]>,
    /// Whether the policy goes with the acknowledgement; decided by the first poll.
    pub(crate) supplies_policy: OnceLock<bool>,
}

/// A report to acknowledge or reject.
#[derive(Clone, Debug)]
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
    pub(crate) fn new(seed: &Seed, options: &ServerOptions) -> Self {
        let of_tenants = options.tenants.iter().map(|tenant| &tenant.account);
        let of_tokens = options.id_tokens.iter().map(|grant| &grant.account);
        let holdings = Holdings::new(of_tenants.chain(of_tokens));
        Self {
            settings: Settings::new(options),
            classic: Registry::new(seed, options, &holdings),
            holdings,
            instances: BTreeMap::new(),
            instances_max: options.instances_max,
            tags: BTreeSet::new(),
            deferred: BTreeMap::new(),
            next_poll_id: first_poll_id(seed),
            collections: 0,
        }
    }

    pub(crate) fn instances(&self) -> impl Iterator<Item = (&Udi, &ProductInstance)> {
        self.instances.iter().map(|(udi, instance)| (udi, &**instance))
    }

    pub(crate) fn instance(&self, udi: &Udi) -> Option<&ProductInstance> {
        self.instances.get(udi).map(|instance| &**instance)
    }

    /// The tag, shared with every record that names it.
    pub(crate) fn shared(&mut self, tag: Arc<EntitlementTag>) -> Arc<EntitlementTag> {
        if let Some(known) = self.tags.get(&tag) {
            return Arc::clone(known);
        }
        if self.tags.len() < SHARED_TAGS_MAX {
            self.tags.insert(Arc::clone(&tag));
        }
        tag
    }

    /// The instance, made when it is new.
    pub(crate) fn instance_mut(&mut self, udi: &Udi) -> Result<&mut ProductInstance, Full> {
        let is_full = self.instances.len() >= self.instances_max;
        match self.instances.entry(udi.clone()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(_) if is_full => Err(Full),
            Entry::Vacant(place) => Ok(place.insert(Box::default())),
        }
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
        let poll_id = self.next_poll_id;
        self.next_poll_id = PollId(poll_id.0 + 1);
        poll_id
    }

    /// Numbers a collection, from 1.
    pub(crate) fn begin_collection(&mut self) -> u64 {
        self.collections += 1;
        self.collections
    }

    pub(crate) fn deferred(&self, poll_id: PollId) -> Option<Arc<Deferred>> {
        self.deferred.get(&poll_id).cloned()
    }

    /// Notes that a result reached its instance; an older delivered one may be forgotten for it.
    pub(crate) fn delivered(&mut self, udi: &Udi, poll_id: PollId) {
        let evicted = self.instances.get_mut(udi).and_then(|known| known.delivered(poll_id));
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
        self.instances.get_mut(udi).is_some_and(|instance| instance.leave_account())
    }
}
