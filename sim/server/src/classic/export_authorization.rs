//! Export-controlled licences: asked for, decided with CSSM, polled for every hour, returned.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow" and "New
//! Export Control Alerts". Assumed: CSSM itself decides at once unless its results are delayed; a
//! malformed request and a licence that is not export-controlled fail at once.

use muster_wire::artefact::to_smart_license;
use muster_wire::classic::proposed::export_authorization::{
    ExportAction, ExportAnswer, ExportAuthorization, ExportRequest, ExportStatus,
};
use muster_wire::classic::{AnswerData, MessageType};
use muster_wire::{Entitlement, Extra, PollId};

use super::entitlement::TAG_LENGTH_MAX;
use super::exchange::Asked;
use super::promise::{Decided, Task, Wanted};
use super::refusal::Refusal;
use super::reply::Reply;
use super::sender::Sender;
use crate::authorization_code::Granted;
use crate::defects::Defect;
use crate::product_catalogue;
use crate::server::Core;
use crate::store::Store;

/// Licences of one request; the documents show one.
const LICENCES_MAX: usize = 16;

impl Core {
    pub(super) fn export(
        &self,
        asked: &Asked<'_>,
        sender: &Sender,
        data: &ExportRequest,
    ) -> Result<Reply, Refusal> {
        let wanted = wanted(&data.entitlements)?;
        let store = self.store();
        let task = match data.action {
            ExportAction::Request => {
                for one in &wanted {
                    let suits = product_catalogue::knows(&one.tag)
                        && store.holdings.is_export_controlled(sender.account, &one.tag);
                    if !suits && !self.has(Defect::TAKES_ANY_TAG_FOR_EXPORT) {
                        return Err(Refusal::invalid_export_tag(&one.tag));
                    }
                }
                Task::Export(wanted)
            }
            ExportAction::Return => {
                let short = wanted.iter().find(|one| {
                    store.holdings.reserved_of(&asked.udi, &one.tag) < one.count
                        && !is_replay(&store, asked)
                });
                if let Some(one) = short {
                    return Err(Refusal::not_consuming(&one.tag));
                }
                Task::Return(wanted)
            }
            ExportAction::Other(_) => {
                return Err(Refusal::invalid_request("the action must be REQUEST or RETURN"));
            }
        };
        Ok(self.promised(store, asked, sender, task))
    }

    /// What became of export-controlled licences, with the codes of those that were given.
    pub(super) fn export_decided(
        &self,
        asked: &Asked<'_>,
        sender: &Sender,
        poll_id: PollId,
        (at_ms, decided): (u64, &[Decided]),
    ) -> Reply {
        let authorizations = decided.iter().map(|one| {
            let Wanted { tag, count } = &one.wanted;
            let code = one.refused.is_none().then(|| {
                let granted = Granted { udi: &asked.udi, account: sender.account, at_ms };
                self.authorization_code(granted, &[(tag.clone(), *count)])
            });
            ExportAuthorization {
                tag: tag.clone(),
                count: *count,
                status: if code.is_some() { ExportStatus::Success } else { ExportStatus::Failed },
                message: one.refused.as_deref().map(str::to_owned),
                smart_license: code.map(|code| to_smart_license(&code.encode())),
                extra: Extra::new(),
            }
        });
        export_reply(poll_id, authorizations.collect())
    }
}

/// What became of licences that were taken back.
pub(super) fn export_returned(poll_id: PollId, returned: &[Wanted]) -> Reply {
    let authorizations = returned.iter().map(|Wanted { tag, count }| ExportAuthorization {
        tag: tag.clone(),
        count: *count,
        status: ExportStatus::Success,
        message: None,
        smart_license: None,
        extra: Extra::new(),
    });
    export_reply(poll_id, authorizations.collect())
}

fn export_reply(poll_id: PollId, authorizations: Vec<ExportAuthorization>) -> Reply {
    let data = ExportAnswer { poll_id: Some(poll_id), authorizations, extra: Extra::new() };
    Reply::complete(MessageType::ExportAuthorization, AnswerData::ExportAuthorization(data))
}

/// Whether the same request was promised something before.
fn is_replay(store: &Store, asked: &Asked<'_>) -> bool {
    let known = store.classic.instance(&asked.udi);
    known.is_some_and(|known| known.promised_for(asked.digest).is_some())
}

fn wanted(entitlements: &[Entitlement]) -> Result<Vec<Wanted>, Refusal> {
    if entitlements.is_empty() || entitlements.len() > LICENCES_MAX {
        return Err(Refusal::invalid_request("a request must name 1 to 16 licences"));
    }
    let mut wanted: Vec<Wanted> = Vec::with_capacity(entitlements.len());
    for Entitlement { tag, count } in entitlements {
        let twice = wanted.iter().any(|before| before.tag == *tag);
        if *count == 0 || twice || tag.as_str().len() > TAG_LENGTH_MAX {
            let message = "a licence is named twice, without a count, or by too long a tag";
            return Err(Refusal::invalid_request(message));
        }
        wanted.push(Wanted { tag: tag.clone(), count: *count });
    }
    Ok(wanted)
}
