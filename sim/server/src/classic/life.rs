//! Signs of life, and goodbyes.
//!
//! Source: SSM On-Prem 7 User Guide, "Alert Actions" (contact keeps an instance valid) and
//! "Removing a Product Instance" (its licences are free at once). Public: the member for what a
//! server wants done. Assumed: what it asks for, and when.

use muster_wire::Extra;
use muster_wire::classic::proposed::agent_action::AgentAction;
use muster_wire::classic::{AnswerData, MessageType};

use super::exchange::Asked;
use super::id_certificate::RENEW_INTERVAL_S;
use super::refusal::Refusal;
use super::registered_instance::RegisteredInstance;
use super::reply::Reply;
use crate::defects::Defect;
use crate::server::Core;

impl Core {
    /// Says what an instance has missed: that its certificate is due, or that it stands otherwise
    /// than it was told.
    pub(super) fn heartbeat(&self, asked: &Asked<'_>) -> Result<Reply, Refusal> {
        let store = self.store();
        let known = store.classic.instance(&asked.udi);
        let known = known.ok_or_else(|| Refusal::not_registered(None))?;
        let standing = store.standing(&asked.udi, asked.now_ms).map(|(state, _)| state);
        let mut actions = Vec::new();
        if is_certificate_due(known, asked.now_ms) {
            actions.push(AgentAction::RenewId);
        }
        let stands_otherwise = known.told.is_some() && known.told != standing;
        if known.is_released || stands_otherwise {
            actions.push(AgentAction::RenewAuthorization);
        }
        Ok(nothing(MessageType::Heartbeat).with_actions(actions))
    }

    /// Deletes the record; requests for export-controlled licences are cancelled with it.
    pub(super) fn leave(&self, asked: &Asked<'_>) -> Result<Reply, Refusal> {
        if !self.has(Defect::STAYS_LISTED_AFTER_LEAVING) {
            self.store().remove_registered(&asked.udi);
        }
        Ok(nothing(MessageType::Deregistration))
    }
}

fn is_certificate_due(known: &RegisteredInstance, now_ms: u64) -> bool {
    let due_ms = known.certificate.not_before_ms.saturating_add(RENEW_INTERVAL_S * 1000);
    now_ms >= due_ms
}

fn nothing(kind: MessageType) -> Reply {
    Reply::complete(kind, AnswerData::Nothing(Extra::new()))
}
