//! Polls: what was put off is got by whoever asked for it.
//!
//! Public: recorded answers, down to the `"None"` of members that mean nothing. Assumed: a poll id
//! that was given to somebody else is not known; what was got once can be got again.

use muster_wire::artefact::to_smart_license;
use muster_wire::{Nonce, PollId, Sudi, Udi};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::{Arc, OnceLock};

use super::submission::{
    AnsweredReport, DecidedAuthorization, Submission, TakenReports, Task, WantedAuthorization,
    promised,
};
use super::{Exchange, failed};
use crate::admin::answer::{Answered, good};
use crate::admin::call::Call;
use crate::authorization_code::Granted;
use crate::derivation::product_instance_identifier;
use crate::handler::authorization::{Decision, decide};
use crate::holdings::AccountNumber;
use crate::server::Core;
use crate::store::{Store, TakenReport, TakenUsage};

/// What members that mean nothing hold (recorded).
const NONE: &str = "None";

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(in crate::admin) struct PollOrder {
    data: Option<PollData>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
struct PollData {
    #[serde(flatten)]
    exchange: Exchange,
    /// A number of up to 64 bits, or a text of one.
    poll_id: Option<Value>,
    /// `authorizations` or `acknowledgements`.
    action: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::admin) struct Polled {
    /// `COMPLETE`, or `OK_POLL` with a new interval.
    status: &'static str,
    message_code: &'static str,
    message: &'static str,
    #[serde(flatten)]
    exchange: Exchange,
    #[serde(rename = "type")]
    kind: &'static str,
    correlation_id: String,
    data: PolledData,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PolledData {
    Authorizations(Vec<Authorization>),
    Acknowledgements(Vec<Acknowledged>),
}

#[derive(Debug, Serialize, JsonSchema)]
struct Authorization {
    product_instance_identifier: String,
    sudi: SudiPair,
    /// Base64 of the file to import.
    smart_license: Option<String>,
    auth_status: Vec<String>,
    error_code: String,
    /// `SUCCESS` or `FAILED`.
    status: &'static str,
    status_message: String,
    correlation_id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Acknowledged {
    sudi: SudiPair,
    software_tag_identifier: String,
    /// Base64 of the file to import.
    smart_license: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SudiPair {
    udi_pid: String,
    udi_serial_number: String,
}

impl From<&Udi> for SudiPair {
    fn from(udi: &Udi) -> Self {
        let Sudi { udi_pid, udi_serial_number, .. } = Sudi::from(udi);
        Self { udi_pid: udi_pid.into(), udi_serial_number: udi_serial_number.into() }
    }
}

pub(in crate::admin) fn poll(call: &Call<'_>) -> Answered {
    let order: PollOrder = call.read()?;
    let PollData { exchange, poll_id, action } = order.data.unwrap_or_default();
    let unknown = || failed(200, "UNKNOWN_POLL_ID", "the poll id is not known", exchange.clone());
    let poll_id = poll_id.as_ref().and_then(whole).map(PollId).ok_or_else(unknown)?;
    let mut store = call.core.store();
    let found = store.console.submission(poll_id);
    let found = found.filter(|of| of.holder == call.caller.holder);
    let found = found.filter(|of| action.as_ref().is_none_or(|action| action == of.task.action()));
    let mut submission = found.cloned().ok_or_else(unknown)?;
    let kind = submission.task.action();
    let is_early = call.now_ms < submission.ready_at_ms;
    if is_early || !decided(&mut store, &mut submission, call.now_ms) {
        return Ok(promised(200, poll_id, kind, exchange));
    }
    if let Some(kept) = store.console.submission_mut(poll_id) {
        kept.clone_from(&submission);
    }
    drop(store);
    let data = delivered(call.core, poll_id, &submission);
    let correlation_id = correlation(call.core, poll_id);
    let (message_code, message, exchange) = ("", "", exchange.echoed());
    let status = "COMPLETE";
    Ok(good(&Polled { status, message_code, message, exchange, kind, correlation_id, data }))
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Decides what is not decided yet; whether everything is now.
fn decided(store: &mut Store, submission: &mut Submission, now_ms: u64) -> bool {
    let account = submission.account;
    let Task::Authorizations(lines) = &mut submission.task else { return true };
    for line in lines.iter_mut().filter(|line| line.decided.is_none()) {
        let decision = decide(&mut store.holdings, &line.udi, (account, &line.keys[..]), now_ms);
        line.decided = decision.map(|decision| match decision {
            Decision::Granted => DecidedAuthorization::Granted(now_ms),
            Decision::Refused(code, message) => DecidedAuthorization::Refused {
                code: code.into_owned(),
                message: message.into_owned(),
            },
        });
    }
    lines.iter().all(|line| line.decided.is_some())
}

fn delivered(core: &Core, poll_id: PollId, submission: &Submission) -> PolledData {
    let Submission { account, ready_at_ms, task, .. } = submission;
    match task {
        Task::Authorizations(lines) => PolledData::Authorizations(
            lines.iter().map(|line| authorization(core, poll_id, *account, line)).collect(),
        ),
        Task::Acknowledgements(taken) => PolledData::Acknowledgements(
            taken.iter().map(|of| acknowledged(core, *ready_at_ms, of)).collect(),
        ),
    }
}

fn authorization(
    core: &Core,
    poll_id: PollId,
    account: AccountNumber,
    line: &WantedAuthorization,
) -> Authorization {
    let udi = &line.udi;
    let (smart_license, error_code, status, status_message) = match &line.decided {
        Some(DecidedAuthorization::Refused { code, message }) => {
            (None, code.clone(), "FAILED", message.clone())
        }
        Some(DecidedAuthorization::Granted(at_ms)) => {
            let granted = Granted { udi, account, at_ms: *at_ms };
            let code = core.authorization_code(granted, &line.keys).encode();
            (Some(to_smart_license(&code)), NONE.to_owned(), "SUCCESS", NONE.to_owned())
        }
        None => (None, NONE.to_owned(), "FAILED", NONE.to_owned()),
    };
    let bytes = core.seed.derive(&format!("correlation {udi}"), poll_id.0);
    let hex: String = bytes[..24].iter().map(|byte| format!("{byte:02x}")).collect();
    Authorization {
        product_instance_identifier: product_instance_identifier(&core.seed, udi).to_string(),
        sudi: SudiPair::from(udi),
        smart_license,
        auth_status: Vec::new(),
        error_code,
        status,
        status_message,
        correlation_id: format!("{}-{}", &hex[..32], &hex[32..]),
    }
}

fn acknowledged(core: &Core, at_ms: u64, taken: &TakenReports) -> Acknowledged {
    let TakenReports { udi, software, nonce, reports, with_policy } = taken;
    let report = |of: &AnsweredReport| TakenReport {
        id: of.id,
        tag: Arc::new(of.tag.clone()),
        rejected: of.rejected.as_deref().map(Into::into),
    };
    let usage = TakenUsage {
        nonce: Nonce::new(nonce),
        reports: reports.iter().map(report).collect(),
        supplies_policy: OnceLock::new(),
    };
    let identifier = product_instance_identifier(&core.seed, udi);
    let file = core.acknowledgement_file((udi, identifier), at_ms, &usage, *with_policy);
    Acknowledged {
        sudi: SudiPair::from(udi),
        software_tag_identifier: software.clone(),
        smart_license: to_smart_license(&file),
    }
}

/// A version 4 UUID in form, the same for every poll.
fn correlation(core: &Core, poll_id: PollId) -> String {
    let udi = Udi::new("correlation", &poll_id.to_string());
    product_instance_identifier(&core.seed, &udi).to_string()
}
