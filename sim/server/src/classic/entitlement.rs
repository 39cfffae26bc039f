//! Authorization: an instance says everything it uses, and is told how it stands.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing Authorization Status" (in compliance while
//! no more is in use than was purchased; valid for 90 days, renewed after 30) and "Renew
//! Authorization" (the whole list each time). Assumed: the limits, and what a malformed redundant
//! application is answered; nothing changes then.

use std::collections::BTreeSet;

use muster_wire::classic::proposed::entitlement::{
    Application, ApplicationRole, EntitlementAnswer, EntitlementRequest, UsedEntitlement,
};
use muster_wire::classic::{AnswerData, MessageType};
use muster_wire::{Extra, ProductInstanceId};

use super::exchange::Asked;
use super::refusal::Refusal;
use super::reply::Reply;
use crate::server::Core;

/// Entries of one list: the largest product has some dozens.
const ENTITLEMENTS_MAX: usize = 256;

/// Characters of a tag; the longest public one has under 100.
pub(super) const TAG_LENGTH_MAX: usize = 256;

/// Characters of an application's name or number.
const APPLICATION_LENGTH_MAX: usize = 64;

/// Redundant applications of one list.
const APPLICATIONS_MAX: usize = 32;

/// Peers of one application.
const PEERS_MAX: usize = 16;

const DAY_MS: u64 = 86_400_000;
const NEXT_COMMUNICATION_MS: u64 = 30 * DAY_MS;
const COMMUNICATION_DEADLINE_MS: u64 = 90 * DAY_MS;

impl Core {
    pub(super) fn authorize(
        &self,
        asked: &Asked<'_>,
        data: &EntitlementRequest,
    ) -> Result<Reply, Refusal> {
        if data.entitlements.len() > ENTITLEMENTS_MAX {
            return Err(Refusal::invalid_request("a request may list 256 entitlements"));
        }
        let mut store = self.store();
        let own = store.classic.instance(&asked.udi).map(|instance| instance.identifier.clone());
        let own = own.ok_or_else(|| Refusal::not_registered(None))?;
        check_list(&data.entitlements, &own).map_err(Refusal::invalid_request)?;
        let before = store.used_licences(&asked.udi);
        store.replace_uses(&asked.udi, &data.entitlements);
        store.tell_use(&asked.udi, &before);
        let standing = store.standing(&asked.udi, asked.now_ms);
        let (state, entitlements) = standing.ok_or_else(|| Refusal::not_registered(None))?;
        if let Some(instance) = store.classic.instances.get_mut(&asked.udi) {
            instance.told = Some(state.clone());
        }
        drop(store);
        let data = EntitlementAnswer {
            authorization_state: state,
            next_communication: asked.now_ms.saturating_add(NEXT_COMMUNICATION_MS),
            communication_deadline: asked.now_ms.saturating_add(COMMUNICATION_DEADLINE_MS),
            entitlements,
            extra: Extra::new(),
        };
        Ok(Reply::complete(MessageType::Entitlement, AnswerData::Entitlement(data)))
    }
}

fn check_list(list: &[UsedEntitlement], own: &ProductInstanceId) -> Result<(), &'static str> {
    let mut applications = BTreeSet::new();
    for entry in list {
        if entry.tag.as_str().is_empty() || entry.tag.as_str().len() > TAG_LENGTH_MAX {
            return Err("a tag must have 1 to 256 characters");
        }
        if let Some(application) = &entry.application {
            check_application(application, own)?;
            if !applications.insert((&entry.tag, &application.name, &application.id)) {
                return Err("an application is listed twice for one licence");
            }
            if applications.len() > APPLICATIONS_MAX {
                return Err("a request may list 32 redundant applications");
            }
        }
    }
    Ok(())
}

/// What the public table of agent errors says can be wrong with a redundant application.
fn check_application(of: &Application, own: &ProductInstanceId) -> Result<(), &'static str> {
    let fits = |text: &str| {
        let printable = !text.chars().any(char::is_control);
        printable && (1..=APPLICATION_LENGTH_MAX).contains(&text.len())
    };
    if !fits(&of.name) || !fits(&of.id) || of.peers.len() > PEERS_MAX {
        return Err("a redundant application lacks a name or a number, or has too many peers");
    }
    let known = |role: &ApplicationRole| !matches!(role, ApplicationRole::Other(_));
    if !known(&of.role) || !of.peers.iter().all(|peer| known(&peer.role)) {
        return Err("the role of a redundant application must be ACTIVE or STANDBY");
    }
    for peer in &of.peers {
        let instance = peer.product_instance_identifier.as_str();
        if !fits(&peer.name) || !fits(&peer.id) || !fits(instance) {
            return Err("a peer of a redundant application is not described properly");
        }
        if peer.product_instance_identifier == *own {
            return Err("a redundant application has a peer on its own product instance");
        }
    }
    Ok(())
}
