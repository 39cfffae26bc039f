//! What an On-Prem tells CSSM of an account: its product instances and what they use, all local
//! virtual accounts together, and what waits for CSSM.
//!
//! Source: SSM On-Prem 7 User Guide, "About License Transfers" (product instances and licences are
//! aggregated), "Standard Synchronization" (changes only); Obtaining a SLAC Response (of the policy
//! era it is usage and authorization requests that go to Cisco, and acknowledgements and codes
//! that come back). Assumed: a mere contact is no change; so product instances of the policy era
//! are told of by what waits for them and by their usage files, and are no rows here.

use std::collections::BTreeMap;

use muster_wire::Udi;
use muster_wire::classic::proposed::entitlement::ApplicationRole;

use super::document::{
    Certificates, DocumentKind, OnPremName, SyncAction, SyncRequest, SyncType, SyncedEntitlement,
    SyncedInstance, SyncedPeer, SyncedSudi, VERSION,
};
use super::privacy::Privacy;
use crate::classic::registered_instance::{RegisteredInstance, Use};
use crate::derivation::Digest;
use crate::local_account::{LocalAccount, Registration};
use crate::router::Role;
use crate::store::Store;

/// What is told, and what is then remembered as told.
pub(super) struct Report {
    pub(super) request: SyncRequest,
    pub(super) told: BTreeMap<Udi, Digest>,
}

impl Store {
    /// What an account tells CSSM now. Numbers the request.
    pub(super) fn report(
        &mut self,
        account: &LocalAccount,
        registration: &Registration,
        sync_type: SyncType,
        now_ms: u64,
    ) -> Report {
        let privacy = account.privacy.unwrap_or(self.synchronization.settings.privacy);
        let before = &account.clock.told;
        let (mut instances, mut told) = (Vec::new(), BTreeMap::new());
        for (udi, instance) in self.instances_of(&account.name) {
            let mut synced = synced(udi, instance, privacy);
            let digest = digest(&synced);
            let known = before.get(udi);
            if sync_type == SyncType::Full || known != Some(&digest) {
                if known.is_some() {
                    synced.action = SyncAction::Update;
                }
                instances.push(synced);
            }
            told.insert(udi.clone(), digest);
        }
        if sync_type == SyncType::Standard {
            let gone = before.keys().filter(|udi| !told.contains_key(*udi));
            instances.extend(gone.map(removed));
        }
        let mut pending_requests = self.waiting_requests(&account.name);
        pending_requests.extend(self.policy_requests(&account.name));
        let request = SyncRequest {
            version: VERSION.to_owned(),
            kind: DocumentKind::Request,
            sync_type,
            sync_id: account.clock.last_id.saturating_add(1),
            previous_sync_id: account.clock.completed_id,
            timestamp: now_ms,
            on_prem: OnPremName {
                name: registration.on_prem.clone(),
                uid: registration.uid.clone(),
                account: registration.pair.smart_account.clone(),
                virtual_account: registration.pair.virtual_account.clone(),
            },
            certificates: Certificates { id_cert: String::new(), signing_cert: String::new() },
            product_instances: instances,
            pending_requests,
        };
        Report { request, told }
    }

    /// The product instances of a local account.
    pub(crate) fn instances_of(
        &self,
        local_account: &str,
    ) -> impl Iterator<Item = (&Udi, &RegisteredInstance)> {
        self.classic.instances().filter(move |(_, of)| {
            of.role == Role::OnPrem
                && self.holdings.account(of.account).smart_account == local_account
        })
    }
}

fn digest(synced: &SyncedInstance) -> Digest {
    let same = SyncedInstance { last_contact: 0, action: SyncAction::Register, ..synced.clone() };
    Digest::of(&serde_json::to_vec(&same).expect("plain values always serialise"))
}

fn synced(udi: &Udi, of: &RegisteredInstance, privacy: Privacy) -> SyncedInstance {
    let host = of.host.as_deref();
    let text = |text: Option<&str>| text.map(str::to_owned);
    let mut synced = SyncedInstance {
        product_instance_identifier: of.identifier.as_str().to_owned(),
        action: SyncAction::Register,
        sudi: SyncedSudi {
            udi_pid: udi.product_id.to_string(),
            udi_serial_number: udi.serial_number.to_string(),
            host_identifier: text(host.and_then(|host| host.identifier.as_deref())),
            mac_address: text(host.and_then(|host| host.mac_address.as_deref())),
            suvi: text(host.and_then(|host| host.suvi.as_deref())),
            uuid: text(host.and_then(|host| host.uuid.as_deref())),
            udi_vid: text(host.and_then(|host| host.udi_vid.as_deref())),
        },
        hostname: text(Some(of.facts.host_name()).filter(|name| !name.is_empty())),
        ip_address: text(host.and_then(|host| host.ip_address.as_deref())),
        registration_date: of.facts.registered_at_ms,
        last_contact: of.last_contact_ms,
        entitlements: of.uses.iter().map(used).collect(),
    };
    privacy.apply(&mut synced);
    synced
}

fn used(used: &Use) -> SyncedEntitlement {
    let application = used.application.as_deref();
    let role = |role: &ApplicationRole| match role {
        ApplicationRole::Standby => "STANDBY".to_owned(),
        _ => "ACTIVE".to_owned(),
    };
    let peers = application.map_or(&[][..], |application| &application.peers);
    SyncedEntitlement {
        tag: used.tag.as_str().to_owned(),
        count: used.count,
        application_name: application.map(|application| application.name.to_string()),
        app_role: application.map(|application| role(&application.role)),
        app_id: application.map(|application| application.id.to_string()),
        peer_info: peers
            .iter()
            .map(|peer| SyncedPeer {
                name: peer.name.to_string(),
                role: role(&peer.role),
                id: peer.id.to_string(),
                product_instance_identifier: peer.product_instance_identifier.as_str().to_owned(),
            })
            .collect(),
    }
}

fn removed(udi: &Udi) -> SyncedInstance {
    SyncedInstance {
        product_instance_identifier: String::new(),
        action: SyncAction::Remove,
        sudi: SyncedSudi::of(udi),
        hostname: None,
        ip_address: None,
        registration_date: 0,
        last_contact: 0,
        entitlements: Vec::new(),
    }
}
