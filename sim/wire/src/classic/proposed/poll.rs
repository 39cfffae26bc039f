//! Deferred results: the answer that defers, and the request that asks again.
//!
//! Documented: an hour between polls (SSM On-Prem 7 User Guide, "Export Control Workflow").
//! Assumed: every member, named as in the policy era.

use serde::{Deserialize, Serialize};

use crate::Extra;
use crate::classic::message_type::MessageType;
use crate::classic::sudi::Origin;
use crate::identifiers::PollId;

/// Seconds between polls (documented).
pub const POLL_INTERVAL_S: u64 = 3600;

/// `request_data` of `POLL`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PollRequest {
    /// Who asks.
    #[serde(flatten)]
    pub origin: Origin,
    /// The deferred result.
    pub poll_id: PollId,
    /// What it is a result of; the answer has this type.
    pub poll_type: MessageType,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `response_data` with status `OK_POLL`, whatever was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deferred {
    /// Names the deferred result.
    pub poll_id: PollId,
    /// Seconds until the next poll.
    pub poll_interval: u64,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}
