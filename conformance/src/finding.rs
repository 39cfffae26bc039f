//! One kind of deviation of the server: what was expected, what came, and where to see it.

use muster_wire::Udi;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::requirement::RequirementId;
use crate::verdict::Verdict;

/// A deviation, or a doubt, that a check found; equal ones are counted, not repeated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Id of the check, for example `trust/stale_trust_id_is_refused`.
    pub check: String,
    /// The requirements behind the check.
    pub requirements: Vec<RequirementId>,
    /// `Violates` or `Inconclusive`.
    pub verdict: Verdict,
    /// What the documents say should be there; empty when inconclusive.
    pub expected: String,
    /// What was there, or why no verdict is possible.
    pub actual: String,
    /// The first exchange that showed it; none for a finding about the whole fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// How often it was seen.
    pub occurrences: u64,
}

/// Where in the journal a finding shows, and what stood there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Position of the entry in the journal.
    pub seq: u64,
    /// Number of the exchange within its journey.
    pub exchange: u64,
    /// The journey.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journey: Option<u32>,
    /// Id of the scenario; empty when the journal does not say.
    pub scenario: String,
    /// Index of the product instance in the fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<u32>,
    /// Its identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub udi: Option<Udi>,
    /// Logical time of the entry, milliseconds since the epoch.
    pub at_ms: u64,
    /// Name of the endpoint in the target profile.
    pub endpoint: String,
    /// The URL.
    pub url: String,
    /// The request body as JSON, artefacts opened, ID tokens masked, long texts cut.
    pub request: Value,
    /// The answer body in the same form; null when there was none.
    pub answer: Value,
    /// HTTP status of the answer; none when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
}
