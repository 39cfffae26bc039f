//! All registered product instances, and what is remembered beside them.
//!
//! Source: SSM On-Prem 7 User Guide, "Convert to Smart Licensing" (once only, and remembered). What
//! CSSM knows of conversions outlives an On-Prem's restore.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use muster_certs::Seed;
use muster_wire::classic::proposed::conversion::ConversionStatus;
use muster_wire::{PollId, ProductInstanceId, Udi};

use super::backup::Backup;
use super::host::Host;
use super::registered_instance::RegisteredInstance;
use super::token::TokenTable;
use crate::defects::DefectSet;
use crate::derivation::Digest;
use crate::holdings::{AccountNumber, Holdings};
use crate::options::ServerOptions;
use crate::router::Role;
use crate::shared::Shared;
use crate::state::{Kept, Single, collections};

/// Everything of the classic era that changes.
#[derive(Debug)]
pub(crate) struct Registry {
    pub(super) instances: Kept<Udi, Box<RegisteredInstance>>,
    instances_max: usize,
    /// How many instances each virtual account has, those of the On-Prem (true) apart.
    counts: BTreeMap<(bool, AccountNumber), usize>,
    /// Who has an identifier, for peers of redundant applications.
    pub(super) by_identifier: BTreeMap<ProductInstanceId, Udi>,
    /// When whose silence releases licences.
    pub(super) releases: BTreeSet<(u64, Udi)>,
    /// Undecided results by the time they can be decided.
    pub(super) due: BTreeSet<(u64, PollId, Udi)>,
    pub(crate) tokens: TokenTable,
    pub(super) certificates_issued: Single<u64>,
    pub(super) conversions: Conversions,
    pub(super) backups: Kept<String, Backup>,
    pub(crate) defects: Arc<DefectSet>,
}

collections!(Registry {
    kept {
        instances => "registrations",
        certificates_issued => "certificates_issued",
        backups => "backups",
    }
    inner { tokens, conversions }
    not_kept { instances_max, by_identifier, counts, releases, due, defects }
});

/// What is known of conversions.
#[derive(Debug, Default)]
pub(super) struct Conversions {
    /// On-Prem: the last result of each product instance.
    pub(super) reported: Kept<Udi, ConversionStatus>,
    /// CSSM: the request that converted, of each product instance.
    pub(super) done: Kept<Udi, Digest>,
    /// CSSM: what proved licences that were converted.
    pub(super) proofs: Kept<Digest, ()>,
}

collections!(Conversions {
    kept {
        reported => "conversions_reported",
        done => "conversions_done",
        proofs => "conversion_proofs",
    }
    inner {}
    not_kept {}
});

impl Registry {
    pub(crate) fn new(
        seed: &Seed,
        options: &ServerOptions,
        holdings: &Holdings,
        defects: &Arc<DefectSet>,
    ) -> Self {
        Self {
            instances: Kept::followed(),
            instances_max: options.instances_max,
            by_identifier: BTreeMap::new(),
            counts: BTreeMap::new(),
            releases: BTreeSet::new(),
            due: BTreeSet::new(),
            tokens: TokenTable::new(seed, options, holdings),
            certificates_issued: Single::default(),
            conversions: Conversions::default(),
            backups: Kept::default(),
            defects: Arc::clone(defects),
        }
    }

    pub(crate) fn instances(&self) -> impl Iterator<Item = (&Udi, &RegisteredInstance)> {
        self.instances.iter().map(|(udi, instance)| (udi, &**instance))
    }

    pub(crate) fn instances_changed(&self) -> usize {
        self.instances.followed_count()
    }

    /// The records that changed since they were last followed.
    pub(crate) fn take_instances_changed(&mut self) -> BTreeSet<Udi> {
        self.instances.take_followed()
    }

    /// An instance, with the UDI as it is kept.
    pub(crate) fn known(&self, udi: &Udi) -> Option<(&Udi, &RegisteredInstance)> {
        self.instances.get_key_value(udi).map(|(udi, instance)| (udi, &**instance))
    }

    pub(super) fn instance(&self, udi: &Udi) -> Option<&RegisteredInstance> {
        self.instances.get(udi).map(|instance| &**instance)
    }

    /// Whether one more product instance fits.
    pub(super) fn has_room_for(&self, udi: &Udi) -> bool {
        self.instances.contains_key(udi) || self.instances.len() < self.instances_max
    }

    /// Whether the result of one more product instance's conversion can be remembered.
    pub(super) fn can_remember(&self, udi: &Udi) -> bool {
        let known = |map: &BTreeMap<Udi, _>| map.contains_key(udi);
        known(&self.conversions.done) || self.conversions.done.len() < self.instances_max
    }

    /// Numbers a certificate, from 1.
    pub(super) fn number_certificate(&mut self) -> u64 {
        *self.certificates_issued += 1;
        *self.certificates_issued
    }

    /// Adds an instance to the books. The one that was there must have been taken out before.
    pub(super) fn enter(&mut self, udi: Udi, instance: Box<RegisteredInstance>) {
        self.index(&udi, &instance);
        self.instances.insert(udi, instance);
    }

    /// How many instances a virtual account of a server has.
    pub(crate) fn count(&self, role: Role, account: AccountNumber) -> usize {
        self.counts.get(&(role == Role::OnPrem, account)).copied().unwrap_or(0)
    }

    fn index(&mut self, udi: &Udi, instance: &RegisteredInstance) {
        *self.counts.entry((instance.role == Role::OnPrem, instance.account)).or_default() += 1;
        self.by_identifier.insert(instance.identifier.clone(), udi.clone());
        self.releases.insert((instance.release_at_ms(), udi.clone()));
        for promise in instance.promises.iter().filter(|promise| promise.outcome.is_none()) {
            self.due.insert((promise.ready_at_ms, promise.poll_id, udi.clone()));
        }
    }

    /// Brings up to date what follows from records that were just read.
    pub(crate) fn rebuild(&mut self, shared: &mut Shared<'_>) {
        self.by_identifier.clear();
        self.counts.clear();
        self.releases.clear();
        self.due.clear();
        let mut instances = std::mem::take(&mut self.instances);
        for (udi, instance) in instances.iter_mut() {
            instance.uses.iter_mut().for_each(|used| shared.tag(&mut used.tag));
            self.index(udi, instance);
        }
        self.instances = instances;
    }

    /// Takes an instance out of the books.
    pub(super) fn strike(&mut self, udi: &Udi) -> Option<Box<RegisteredInstance>> {
        let instance = self.instances.remove(udi)?;
        self.uncount(instance.role, instance.account);
        self.by_identifier.remove(&instance.identifier);
        self.releases.remove(&(instance.release_at_ms(), udi.clone()));
        for promise in &instance.promises {
            self.due.remove(&(promise.ready_at_ms, promise.poll_id, udi.clone()));
        }
        Some(instance)
    }

    /// The host name of an instance, when it has one.
    pub(crate) fn hostname(&self, udi: &Udi) -> Option<&str> {
        let name = self.instances.get(udi)?.facts.host_name();
        (!name.is_empty()).then_some(name)
    }

    /// Keeps what an instance said of its machine.
    pub(super) fn set_host(&mut self, udi: &Udi, host: Option<Box<Host>>) {
        if let Some(instance) = self.instances.get_mut(udi) {
            instance.host = host;
        }
    }

    /// Who passed the point between two times at which so much time is left until its silence
    /// releases its licences.
    pub(crate) fn released_between(&self, since_ms: u64, now_ms: u64, left_ms: u64) -> Vec<Udi> {
        let nobody = || Udi::new("", "");
        let from = since_ms.saturating_add(left_ms).max(now_ms).saturating_add(1);
        let to = now_ms.saturating_add(left_ms).saturating_add(1);
        if from >= to {
            return Vec::new();
        }
        let range = self.releases.range((from, nobody())..(to, nobody()));
        range.map(|(_, udi)| udi.clone()).collect()
    }

    /// Notes that a silence was told of; the account, and when it releases licences.
    pub(crate) fn warn(&mut self, udi: &Udi) -> Option<(AccountNumber, u64)> {
        let instance = self.instances.get_mut(udi)?;
        instance.is_warned = true;
        Some((instance.account, instance.release_at_ms()))
    }

    /// Ends a silence that was told of; the account, if it was.
    pub(crate) fn end_silence(&mut self, udi: &Udi) -> Option<AccountNumber> {
        let known = self.instances.get(udi)?;
        if !known.is_warned {
            return None;
        }
        let instance = self.instances.get_mut(udi)?;
        instance.is_warned = false;
        Some(instance.account)
    }

    fn uncount(&mut self, role: Role, account: AccountNumber) {
        if let Some(count) = self.counts.get_mut(&(role == Role::OnPrem, account)) {
            *count = count.saturating_sub(1);
        }
    }

    /// Counts an instance for another account.
    pub(super) fn recount_moved(&mut self, role: Role, from: AccountNumber, to: AccountNumber) {
        self.uncount(role, from);
        *self.counts.entry((role == Role::OnPrem, to)).or_default() += 1;
    }

    /// Notes a sign of life.
    pub(super) fn contact(&mut self, udi: &Udi, now_ms: u64) {
        let Some(instance) = self.instances.get_mut(udi) else { return };
        self.releases.remove(&(instance.release_at_ms(), udi.clone()));
        instance.last_contact_ms = now_ms;
        self.releases.insert((instance.release_at_ms(), udi.clone()));
    }
}
