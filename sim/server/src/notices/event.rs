//! Events: what happened, when, and who did it.
//!
//! Source: SSM On-Prem 7 User Guide, "Event Log" (message, time and user).

use serde::{Deserialize, Serialize};

use super::Place;
use super::notice::Subject;
use super::topic::Topic;

/// One entry of the event log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    /// Among all records, in the order they were made.
    pub(crate) number: u64,
    pub(crate) at_ms: u64,
    pub(crate) place: Place,
    pub(crate) topic: Topic,
    pub(crate) subject: Subject,
    pub(crate) message: String,
    /// Who did it; none for what happened by itself.
    pub(crate) user: Option<String>,
}
