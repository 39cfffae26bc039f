//! What an instance's licences take from its account, with redundant applications counted once.
//!
//! Source: SSM On-Prem 7 User Guide, "About Application Redundancy Support" and "Application
//! Redundant Enabled Product Instance Workflow". Assumed: a standby takes nothing, whether or not
//! its peer is known; a standby that declares itself active takes over from the peer it was a
//! standby of, unless it names that peer as active too; who was taken over counts again once it
//! claims to be active again.

use std::sync::Arc;

use muster_wire::classic::proposed::entitlement::{
    Application, ApplicationPeer, ApplicationRole, UsedEntitlement,
};
use muster_wire::{EntitlementTag, Extra, ProductInstanceId, Udi};

use super::registered_instance::{RegisteredInstance, Use};
use crate::defects::Defect;
use crate::holdings::AccountNumber;
use crate::store::Store;

impl Store {
    /// Replaces everything an instance uses.
    pub(super) fn replace_uses(&mut self, udi: &Udi, entitlements: &[UsedEntitlement]) {
        self.end_uses(udi);
        let Some(instance) = self.classic.instances.get_mut(udi) else { return };
        let (account, identifier) = (instance.account, instance.identifier.clone());
        let before = std::mem::take(&mut instance.uses);
        for entitlement in entitlements {
            self.end_taken_over(&identifier, &before, entitlement);
        }
        let mut uses = Vec::with_capacity(entitlements.len());
        for entitlement in entitlements {
            let takes = self.takes(account, entitlement);
            let added = self.holdings.add_use(account, &entitlement.tag, u64::from(takes));
            uses.push(Use {
                tag: self.shared(Arc::new(entitlement.tag.clone())),
                count: entitlement.count,
                application: entitlement.application.as_ref().map(kept),
                counted: if added.is_ok() { takes } else { 0 },
            });
        }
        if let Some(instance) = self.classic.instances.get_mut(udi) {
            instance.uses = uses;
            instance.is_released = false;
        }
    }

    /// Stops counting what an instance uses; the list itself stays.
    pub(super) fn end_uses(&mut self, udi: &Udi) {
        let Some(instance) = self.classic.instances.get_mut(udi) else { return };
        for used in &mut instance.uses {
            let counted = std::mem::take(&mut used.counted);
            self.holdings.end_use(instance.account, &used.tag, u64::from(counted));
        }
    }

    /// Counts the uses of every instance anew.
    pub(super) fn recount(&mut self) {
        self.holdings.end_all_use();
        for instance in self.classic.instances.values_mut() {
            for used in &mut instance.uses {
                let counted = u64::from(used.counted);
                if self.holdings.add_use(instance.account, &used.tag, counted).is_err() {
                    used.counted = 0;
                }
            }
        }
    }

    /// How many of the account's licences one use takes. Export-controlled ones are given with
    /// authorization codes and counted there.
    fn takes(&self, account: AccountNumber, of: &UsedEntitlement) -> u32 {
        let role = of.application.as_ref().map(|application| &application.role);
        let stands_by = role == Some(&ApplicationRole::Standby)
            && !self.classic.defects.has(Defect::COUNTS_BOTH_OF_A_PAIR);
        let of_two = self.classic.defects.has(Defect::COUNTS_NEITHER_OF_TWO_ACTIVES)
            && of.application.as_ref().is_some_and(has_active_peer);
        if stands_by || of_two || self.holdings.is_export_controlled(account, &of.tag) {
            0
        } else {
            of.count
        }
    }

    /// When a use takes over from a peer, the peer's use takes nothing any more: at no moment
    /// both, and at no moment none.
    fn end_taken_over(
        &mut self,
        identifier: &ProductInstanceId,
        before: &[Use],
        now: &UsedEntitlement,
    ) {
        if self.classic.defects.has(Defect::COUNTS_BOTH_AFTER_A_TAKEOVER) {
            return;
        }
        let Some(application) = &now.application else { return };
        if application.role != ApplicationRole::Active {
            return;
        }
        let Some(stood_by) = standby_of(before, &now.tag, application) else { return };
        for peer in &stood_by.peers {
            let both_active = application
                .peers
                .iter()
                .any(|named| is_same(named, peer) && named.role == ApplicationRole::Active);
            if both_active {
                continue;
            }
            let Some(udi) = self.classic.by_identifier.get(&peer.product_instance_identifier)
            else {
                continue;
            };
            let Some(instance) = self.classic.instances.get_mut(udi) else { continue };
            let account = instance.account;
            let Some(used) = active_of(instance, &now.tag, peer, (identifier, application)) else {
                continue;
            };
            let counted = std::mem::take(&mut used.counted);
            self.holdings.end_use(account, &now.tag, u64::from(counted));
        }
    }
}

fn has_active_peer(application: &Application) -> bool {
    application.role == ApplicationRole::Active
        && application.peers.iter().any(|peer| peer.role == ApplicationRole::Active)
}

/// An application as it is remembered: without the members nobody knows.
fn kept(application: &Application) -> Box<Application> {
    let Application { name, role, id, peers, .. } = application;
    let peers = peers.iter().map(|peer| ApplicationPeer { extra: Extra::new(), ..peer.clone() });
    Box::new(Application {
        name: name.clone(),
        role: role.clone(),
        id: id.clone(),
        peers: peers.collect(),
        extra: Extra::new(),
    })
}

/// The application's part before, when it was a standby.
fn standby_of<'a>(
    before: &'a [Use],
    tag: &EntitlementTag,
    now: &Application,
) -> Option<&'a Application> {
    let mut of_tag = before.iter().filter(|used| *used.tag == *tag);
    of_tag.find_map(|used| {
        let application = used.application.as_deref()?;
        let was = application.id == now.id && application.role == ApplicationRole::Standby;
        was.then_some(application)
    })
}

/// The peer's active use, when the peer names the application as its standby in turn.
fn active_of<'a>(
    instance: &'a mut RegisteredInstance,
    tag: &EntitlementTag,
    peer: &ApplicationPeer,
    (identifier, standby): (&ProductInstanceId, &Application),
) -> Option<&'a mut Use> {
    instance.uses.iter_mut().find(|used| {
        *used.tag == *tag
            && used.application.as_deref().is_some_and(|application| {
                let names_back = application.peers.iter().any(|named| {
                    named.id == standby.id && named.product_instance_identifier == *identifier
                });
                application.role == ApplicationRole::Active
                    && application.id == peer.id
                    && names_back
            })
    })
}

fn is_same(one: &ApplicationPeer, other: &ApplicationPeer) -> bool {
    one.id == other.id && one.product_instance_identifier == other.product_instance_identifier
}
