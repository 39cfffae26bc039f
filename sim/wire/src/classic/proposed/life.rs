//! Requests that say only who they are from: a sign of life, and a goodbye. Both are answered
//! with an empty object. Assumed: that nothing more is in them.

use serde::{Deserialize, Serialize};

use crate::Extra;
use crate::classic::sudi::Origin;

/// `request_data` of `HEARTBEAT`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeartbeatRequest {
    /// Who is alive.
    #[serde(flatten)]
    pub origin: Origin,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `request_data` of `DEREGISTRATION`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeregistrationRequest {
    /// Who leaves.
    #[serde(flatten)]
    pub origin: Origin,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}
