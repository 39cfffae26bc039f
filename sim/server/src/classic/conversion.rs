//! Device-led conversion: classic licences become smart ones, once.
//!
//! Source: SSM On-Prem 7 User Guide, "Convert to Smart Licensing" and "Conversion Workflow"; Cisco
//! ACI Smart Licensing, "Device Led Conversion Tool". Assumed: an instance of an account that may
//! not convert is told at once that it failed; while one conversion waits, another request of the
//! same instance gets the same poll id.

use muster_wire::classic::answer_status::LICENSE_ALREADY_CONVERTED;
use muster_wire::classic::proposed::conversion::{
    ConversionAnswer, ConversionRequest, ConversionStatus,
};
use muster_wire::classic::{AnswerData, MessageType};
use muster_wire::{Extra, PollId};

use super::entitlement::TAG_LENGTH_MAX;
use super::exchange::Asked;
use super::promise::{ClassicLicenses, Task, Wanted};
use super::refusal::Refusal;
use super::registered_instance::RegisteredInstance;
use super::reply::Reply;
use super::sender::Sender;
use crate::defects::Defect;
use crate::derivation::Digest;
use crate::router::Role;
use crate::server::Core;
use crate::store::Store;

/// Classic licences of one request.
const LICENCES_MAX: usize = 256;

impl Core {
    pub(super) fn convert(
        &self,
        asked: &Asked<'_>,
        sender: &Sender,
        data: &ConversionRequest,
    ) -> Result<Reply, Refusal> {
        let licenses = licenses(data)?;
        let store = self.store();
        let enabled = store.holdings.conversion_enabled(sender.account)
            || self.has(Defect::CONVERTS_WHERE_NOT_ENABLED);
        if !enabled || self.has(Defect::CONVERTS_NOWHERE) {
            let detail = "device-led conversion is not enabled for the virtual account";
            return Ok(conversion_reply_with(ConversionStatus::MigrateFailed, detail));
        }
        let known = store.classic.instance(&asked.udi);
        if let Some(poll_id) = known.and_then(|known| waiting(known, asked)) {
            return Ok(self.put_off(MessageType::Conversion, poll_id, Extra::new()));
        }
        if is_known_as_converted(&store, asked, licenses.proof) {
            let (status, detail) = (ConversionStatus::AlreadyConverted, LICENSE_ALREADY_CONVERTED);
            return Ok(conversion_reply_with(status, detail));
        }
        Ok(self.promised(store, asked, sender, Task::Conversion(licenses.into())))
    }
}

/// The conversion of an instance that waits for its result, by another request than this one.
fn waiting(known: &RegisteredInstance, asked: &Asked<'_>) -> Option<PollId> {
    let mut conversions = known
        .promises
        .iter()
        .filter(|promise| matches!(promise.task, Task::Conversion(_)) && promise.outcome.is_none());
    conversions.find(|promise| promise.request != asked.digest).map(|promise| promise.poll_id)
}

/// Whether the server asked knows without CSSM that there is nothing left to convert.
fn is_known_as_converted(store: &Store, asked: &Asked<'_>, proof: Digest) -> bool {
    let known = store.classic.instance(&asked.udi);
    if known.is_some_and(|known| known.promised_for(asked.digest).is_some()) {
        return false;
    }
    let reported = store.classic.conversions.reported.get(&asked.udi);
    let done = matches!(
        reported,
        Some(ConversionStatus::MigrateSuccess | ConversionStatus::AlreadyConverted)
    );
    // An On-Prem goes by its own report, which a restore may have taken back.
    (asked.role == Role::Cssm || done) && store.was_converted(&asked.udi, proof, None)
}

fn licenses(data: &ConversionRequest) -> Result<ClassicLicenses, Refusal> {
    if data.conversion_data.len() > LICENCES_MAX {
        return Err(Refusal::invalid_request("a conversion may name 256 licences"));
    }
    if data.conversion_data.iter().any(|of| of.entitlement_tag.as_str().len() > TAG_LENGTH_MAX) {
        return Err(Refusal::invalid_request("a tag may have 256 characters"));
    }
    let converted_to = data
        .conversion_data
        .iter()
        .map(|license| Wanted { tag: license.entitlement_tag.clone(), count: license.count });
    Ok(ClassicLicenses {
        proof: Digest::of(data.conversion_string.as_bytes()),
        converted_to: converted_to.collect(),
    })
}

/// An outcome without a poll id.
pub(super) fn conversion_reply(status: ConversionStatus) -> Reply {
    conversion_reply_with(status, "")
}

fn conversion_reply_with(status: ConversionStatus, detail: &str) -> Reply {
    reply(None, status, detail)
}

/// The outcome of a conversion that was promised.
pub(super) fn converted_reply(poll_id: PollId, status: ConversionStatus, detail: &str) -> Reply {
    reply(Some(poll_id), status, detail)
}

fn reply(poll_id: Option<PollId>, status: ConversionStatus, detail: &str) -> Reply {
    let data = ConversionAnswer {
        poll_id,
        poll_interval: None,
        conversion_status: status,
        detail: detail.to_owned(),
        extra: Extra::new(),
    };
    Reply::complete(MessageType::Conversion, AnswerData::Conversion(data))
}
