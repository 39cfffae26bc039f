//! CSSM's answer to a synchronization request.
//!
//! Source: SSM On-Prem 7 User Guide, "Synchronization Types", "Synchronization Alerts" (no more
//! after a year), "Product Instance Events" (what CSSM's event log says of it). Assumed: CSSM
//! notices by the number of the last synchronization that an On-Prem was set back.

use std::collections::BTreeMap;

use muster_wire::{EntitlementTag, Udi};

use super::OnPrem;
use crate::account::ACCOUNT_INSTANCES_MAX;
use crate::holdings::lot::Lot;
use crate::holdings::published;
use crate::notices::Place;
use crate::notices::instance_text::{self, Named};
use crate::product_catalogue;
use crate::router::Role;
use crate::store::Store;
use crate::synchronization::ageing::{Ageing, days_between};
use crate::synchronization::document::{
    DocumentKind, Failure, OnPremName, PendingKind, SyncAction, SyncRequest, SyncResponse,
    SyncType, SyncedInstance, SyncedLicence, SyncedLot, VERSION,
};

impl Store {
    /// What CSSM answers; the certificates are added by whoever seals it. The error says why there
    /// is no answer.
    pub(crate) fn cssm_answer(
        &mut self,
        request: &SyncRequest,
        now_ms: u64,
    ) -> Result<SyncResponse, String> {
        let uid = &request.on_prem.uid;
        let Some(on_prem) = self.cssm.on_prem(uid) else {
            return Err("the On-Prem is not registered with CSSM".to_owned());
        };
        let days = days_between(on_prem.last_ms, now_ms);
        if Ageing::after_days(days) == Ageing::Dead {
            return Err("the ID certificate of the On-Prem has expired".to_owned());
        }
        let is_full = request.sync_type == SyncType::Full;
        let is_behind = !is_full && request.previous_sync_id != on_prem.last_id;
        let mut response = SyncResponse {
            version: VERSION.to_owned(),
            kind: DocumentKind::Response,
            sync_type: request.sync_type,
            sync_id: request.sync_id,
            timestamp: now_ms,
            full_sync_required: is_behind,
            on_prem: OnPremName { name: on_prem.name.clone(), ..request.on_prem.clone() },
            certificates: None,
            entitlements: Vec::new(),
            decided_requests: Vec::new(),
            failures: Vec::new(),
        };
        if is_behind {
            return Ok(response);
        }
        self.take_instances(uid, request, &mut response.failures, now_ms);
        response.entitlements = self.licences_for(uid, is_full, &mut response.failures, now_ms);
        for pending in &request.pending_requests {
            if pending.kind == PendingKind::Policy || self.decide_upstream(pending, now_ms) {
                response.decided_requests.push(pending.clone());
            }
        }
        if let Some(on_prem) = self.cssm.on_prems.get_mut(uid) {
            on_prem.last_ms = now_ms;
            on_prem.last_id = request.sync_id;
            on_prem.is_announced = false;
        }
        self.classic.defects.alter(&mut response);
        Ok(response)
    }

    /// Takes the On-Prem's word for who is registered and what is used.
    fn take_instances(
        &mut self,
        uid: &str,
        request: &SyncRequest,
        failures: &mut Vec<Failure>,
        now_ms: u64,
    ) {
        let Some(on_prem) = self.cssm.on_prem(uid) else { return };
        let (name, pair) = (on_prem.name.clone(), on_prem.pair.clone());
        let place = Place {
            local_account: pair.smart_account,
            virtual_account: Some(pair.virtual_account),
        };
        let mut told: Vec<SyncedInstance> = request.product_instances.clone();
        if request.sync_type == SyncType::Full {
            let listed: BTreeMap<Udi, ()> = told.iter().map(|of| (of.udi(), ())).collect();
            let gone = on_prem.instances.iter().filter(|(udi, _)| !listed.contains_key(*udi));
            let gone =
                gone.map(|(_, of)| SyncedInstance { action: SyncAction::Remove, ..of.clone() });
            told.extend(gone.collect::<Vec<_>>());
        }
        for instance in told {
            let udi = instance.udi();
            if let Some(reason) = self.refused_instance(uid, &udi, &instance) {
                failures.push(Failure::Product {
                    udi_pid: instance.sudi.udi_pid.clone(),
                    udi_serial_number: instance.sudi.udi_serial_number.clone(),
                    reason,
                });
                continue;
            }
            self.tell_synced(&place, &name, uid, &instance, now_ms);
            let Some(on_prem) = self.cssm.on_prems.get_mut(uid) else { return };
            match instance.action {
                SyncAction::Remove => drop(on_prem.instances.remove(&udi)),
                SyncAction::Register | SyncAction::Update => {
                    on_prem.instances.insert(udi, instance);
                }
            }
        }
    }

    /// Why CSSM does not take a product instance over.
    fn refused_instance(&self, uid: &str, udi: &Udi, instance: &SyncedInstance) -> Option<String> {
        if instance.action == SyncAction::Remove {
            return None;
        }
        if self.classic.known(udi).is_some_and(|(_, of)| of.role == Role::Cssm) {
            return Some("the product instance is registered with CSSM itself".to_owned());
        }
        let on_prem = self.cssm.on_prem(uid)?;
        let is_full = on_prem.instances.len() >= ACCOUNT_INSTANCES_MAX;
        (is_full && !on_prem.instances.contains_key(udi)).then(|| {
            format!("an On-Prem account may have {ACCOUNT_INSTANCES_MAX} product instances")
        })
    }

    fn tell_synced(
        &mut self,
        place: &Place,
        on_prem: &str,
        uid: &str,
        instance: &SyncedInstance,
        now_ms: u64,
    ) {
        let udi = instance.udi();
        let before = self.cssm.on_prem(uid).and_then(|of| of.instances.get(&udi));
        let named = Named::new(&udi, instance.hostname.as_deref());
        let mut notices = Vec::new();
        match (instance.action, before) {
            (SyncAction::Remove, Some(_)) => {
                notices.push(instance_text::removed_via(place.pool(), &named, on_prem));
            }
            (SyncAction::Remove, None) => {}
            (_, before) => {
                if before.is_none() {
                    notices.push(instance_text::added_via(place.pool(), &named, on_prem));
                }
                let used = |of: &SyncedInstance| -> Vec<(EntitlementTag, u64)> {
                    let all = of.entitlements.iter();
                    all.map(|of| (EntitlementTag::new(&of.tag), u64::from(of.count))).collect()
                };
                let wanted = used(instance);
                if !wanted.is_empty() && before.map(used).as_ref() != Some(&wanted) {
                    let pool = place.pool();
                    notices.push(instance_text::requested_via(pool, &named, &wanted, on_prem));
                }
            }
        }
        for notice in notices {
            self.notices.tell(now_ms, place, notice);
        }
    }

    /// What the On-Prem is told of licences: everything, or what changed.
    fn licences_for(
        &mut self,
        uid: &str,
        is_full: bool,
        failures: &mut Vec<Failure>,
        now_ms: u64,
    ) -> Vec<SyncedLicence> {
        let Some(on_prem) = self.cssm.on_prem(uid) else { return Vec::new() };
        let Some(account) = self.cssm.virtual_accounts.get(&on_prem.pair) else {
            return Vec::new();
        };
        let (held, sent) = (counting(&account.entitlements, now_ms), &on_prem.sent);
        let mut licences = Vec::new();
        for (tag, lots) in &held {
            if !is_full && sent.get(tag) == Some(lots) {
                continue;
            }
            if !product_catalogue::knows(&EntitlementTag::new(tag)) {
                let reason = "the entitlement is not known".to_owned();
                failures.push(Failure::Entitlement { tag: tag.clone(), reason });
                continue;
            }
            licences.push(told(tag, lots));
        }
        let gone = sent.keys().filter(|tag| !held.contains_key(*tag));
        licences.extend(gone.map(|tag| told(tag, &[])));
        if let Some(OnPrem { sent, .. }) = self.cssm.on_prems.get_mut(uid) {
            *sent = held;
        }
        licences
    }
}

/// What counts: lots that ended are gone at both sides.
fn counting(entitlements: &BTreeMap<String, Vec<Lot>>, now_ms: u64) -> BTreeMap<String, Vec<Lot>> {
    let lasting = |lots: &Vec<Lot>| -> Vec<Lot> {
        let lasting = |lot: &&Lot| lot.ends_at_ms.is_none_or(|end| end > now_ms);
        lots.iter().filter(lasting).cloned().collect()
    };
    entitlements.iter().map(|(tag, lots)| (tag.clone(), lasting(lots))).collect()
}

fn told(tag: &str, lots: &[Lot]) -> SyncedLicence {
    let (display_name, _) = published::description(&EntitlementTag::new(tag));
    let lots = lots.iter().map(SyncedLot::of).collect();
    SyncedLicence { tag: tag.to_owned(), display_name, lots }
}
