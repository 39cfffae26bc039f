//! A request that waits for its poll.
//!
//! Public: recorded answers (HTTP 202, `OK_POLL`, a poll id of 64 bits, 300 seconds). Plain data:
//! it outlives a restart.

use muster_wire::{EntitlementTag, PollId, ReportId, Udi};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Exchange;
use crate::admin::answer::good;
use crate::admin::console::Holder;
use crate::holdings::AccountNumber;
use crate::message::ServerAnswer;

/// Seconds until the poll (recorded).
const POLL_INTERVAL_S: u64 = 300;

/// What was asked, by whom, and for which account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::admin) struct Submission {
    pub(super) holder: Holder,
    pub(super) account: AccountNumber,
    /// Unix milliseconds.
    pub(super) ready_at_ms: u64,
    pub(super) task: Task,
}

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Task {
    Authorizations(Vec<WantedAuthorization>),
    Acknowledgements(Vec<TakenReports>),
}

/// One line of a request for authorization codes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct WantedAuthorization {
    pub(super) udi: Udi,
    pub(super) keys: Vec<(EntitlementTag, u32)>,
    /// None until it is decided.
    pub(super) decided: Option<DecidedAuthorization>,
}

/// What became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum DecidedAuthorization {
    /// At this time, unix milliseconds.
    Granted(u64),
    Refused {
        code: String,
        message: String,
    },
}

/// The reports of one product instance that were counted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TakenReports {
    pub(super) udi: Udi,
    pub(super) software: String,
    pub(super) nonce: String,
    pub(super) reports: Vec<AnsweredReport>,
    /// Whether the policy goes with the acknowledgement.
    pub(super) with_policy: bool,
}

/// One of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AnsweredReport {
    pub(super) id: ReportId,
    pub(super) tag: EntitlementTag,
    pub(super) rejected: Option<String>,
}

impl Task {
    /// What a poll calls it.
    pub(super) fn action(&self) -> &'static str {
        match self {
            Self::Authorizations(_) => "authorizations",
            Self::Acknowledgements(_) => "acknowledgements",
        }
    }
}

/// The answer to what is put off.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::admin) struct Promised {
    /// `OK_POLL`.
    status: &'static str,
    message_code: Option<String>,
    message: Option<String>,
    #[serde(flatten)]
    exchange: Exchange,
    #[serde(rename = "type")]
    kind: Option<String>,
    poll_id: u64,
    /// Seconds.
    poll_interval: u64,
    /// `authorizations` or `acknowledgements`.
    action: &'static str,
}

/// Puts an answer off.
pub(super) fn promised(
    status: u16,
    poll_id: PollId,
    action: &'static str,
    exchange: Exchange,
) -> ServerAnswer {
    let promised = Promised {
        status: "OK_POLL",
        message_code: None,
        message: None,
        exchange: exchange.echoed(),
        kind: None,
        poll_id: poll_id.0,
        poll_interval: POLL_INTERVAL_S,
        action,
    };
    ServerAnswer { status, ..good(&promised) }
}
