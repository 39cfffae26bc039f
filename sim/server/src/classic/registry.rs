//! All registered product instances, and what is remembered beside them.
//!
//! Source: SSM On-Prem 7 User Guide, "Convert to Smart Licensing" (once only, and remembered). What
//! CSSM knows of conversions outlives an On-Prem's restore.

use std::collections::{BTreeMap, BTreeSet};

use muster_certs::Seed;
use muster_wire::classic::proposed::conversion::ConversionStatus;
use muster_wire::{PollId, ProductInstanceId, Udi};

use super::backup::Backup;
use super::registered_instance::RegisteredInstance;
use super::token::TokenTable;
use crate::defects::DefectSet;
use crate::derivation::Digest;
use crate::holdings::Holdings;
use crate::options::ServerOptions;
use crate::shared::Shared;
use crate::state::{Kept, Single, collections};

/// Everything of the classic era that changes.
#[derive(Debug)]
pub(crate) struct Registry {
    pub(super) instances: Kept<Udi, Box<RegisteredInstance>>,
    instances_max: usize,
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
    pub(super) defects: DefectSet,
}

collections!(Registry {
    kept {
        instances => "registrations",
        certificates_issued => "certificates_issued",
        backups => "backups",
    }
    inner { tokens, conversions }
    not_kept { instances_max, by_identifier, releases, due, defects }
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
    pub(crate) fn new(seed: &Seed, options: &ServerOptions, holdings: &Holdings) -> Self {
        Self {
            instances: Kept::default(),
            instances_max: options.instances_max,
            by_identifier: BTreeMap::new(),
            releases: BTreeSet::new(),
            due: BTreeSet::new(),
            tokens: TokenTable::new(seed, options, holdings),
            certificates_issued: Single::default(),
            conversions: Conversions::default(),
            backups: Kept::default(),
            defects: DefectSet::of(&options.defects),
        }
    }

    pub(crate) fn instances(&self) -> impl Iterator<Item = (&Udi, &RegisteredInstance)> {
        self.instances.iter().map(|(udi, instance)| (udi, &**instance))
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

    fn index(&mut self, udi: &Udi, instance: &RegisteredInstance) {
        self.by_identifier.insert(instance.identifier.clone(), udi.clone());
        self.releases.insert((instance.release_at_ms(), udi.clone()));
        for promise in instance.promises.iter().filter(|promise| promise.outcome.is_none()) {
            self.due.insert((promise.ready_at_ms, promise.poll_id, udi.clone()));
        }
    }

    /// Brings up to date what follows from records that were just read.
    pub(crate) fn rebuild(&mut self, shared: &mut Shared<'_>) {
        self.by_identifier.clear();
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
        self.by_identifier.remove(&instance.identifier);
        self.releases.remove(&(instance.release_at_ms(), udi.clone()));
        for promise in &instance.promises {
            self.due.remove(&(promise.ready_at_ms, promise.poll_id, udi.clone()));
        }
        Some(instance)
    }

    /// Notes a sign of life.
    pub(super) fn contact(&mut self, udi: &Udi, now_ms: u64) {
        let Some(instance) = self.instances.get_mut(udi) else { return };
        self.releases.remove(&(instance.release_at_ms(), udi.clone()));
        instance.last_contact_ms = now_ms;
        self.releases.insert((instance.release_at_ms(), udi.clone()));
    }
}
