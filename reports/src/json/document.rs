//! The shape of `muster.results/1`. A member may be added; to change or drop one takes a new
//! version.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::load::{GateEntry, Load};
use super::words::{EntryStateForm, ExpectationForm, OutcomeWord, ScenarioForm, VerdictWord};

/// The results of one run of Muster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Muster results")]
pub struct Document {
    /// Always `muster.results/1`.
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: String,
    /// Which run it was and what it comes to.
    pub run: Run,
    /// Requirements by verdict.
    pub summary: Counts,
    /// One per requirement that a check judges or a scenario provokes, in catalogue order.
    pub requirements: Vec<RequirementEntry>,
    /// One per check, in order of its id.
    pub checks: Vec<CheckEntry>,
    /// One per scenario, in the order of the run.
    pub scenarios: Vec<ScenarioEntry>,
    /// Violations and doubts with their evidence, check by check.
    pub findings: Vec<FindingEntry>,
    /// How the expectation file and the coverage baseline compare with the run.
    pub expectations: Expectations,
    /// What the run measured; absent when it was no load run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<Load>,
    /// Gates of the scenarios that nobody judged; absent when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates_unjudged: Vec<GateEntry>,
}

/// Which run it was and what it comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// Version of Muster.
    pub muster: String,
    /// Name of the target profile, `embedded` for the built-in server.
    pub target: String,
    /// The seed; a whole number up to 2^64 - 1.
    pub seed: u64,
    /// Which clock the run used.
    #[schemars(extend("enum" = ["real", "virtual"]))]
    pub time: String,
    /// Logical start, milliseconds since the epoch.
    pub started_at_ms: u64,
    /// Ids of the scenarios, in order.
    pub scenarios: Vec<String>,
    /// The endpoints of the target profile.
    #[serde(default)]
    pub endpoints: Vec<Endpoint>,
    /// The words of the command line that decide what a run does, beside scenarios and seed.
    #[serde(default)]
    pub command: Vec<String>,
    /// Exchanges of the run.
    pub exchanges: u64,
    /// Exchanges without an answer.
    pub failed_exchanges: u64,
    /// Whether the run was cut short by the user.
    pub interrupted: bool,
    /// Whether the journal leaves entries out, so that what it does not show may have happened.
    #[serde(default)]
    pub partial: bool,
    /// What the run comes to. For readers; ignored when read back.
    #[serde(default)]
    pub outcome: OutcomeWord,
}

/// An endpoint of the target profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Endpoint {
    /// Its name, for example `cslu`.
    pub name: String,
    /// Its URL.
    pub url: String,
}

/// Requirements by verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Shown and good.
    pub conforms: u32,
    /// Shown and not good.
    pub violates: u32,
    /// The trigger did not occur.
    pub not_exercised: u32,
    /// The trigger cannot occur on this target, or no check judges it yet.
    pub untestable: u32,
    /// No verdict possible.
    pub inconclusive: u32,
}

/// What the run shows about one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequirementEntry {
    /// Its id, for example `TRUST-012`.
    pub id: String,
    /// The verdicts of its checks added up.
    pub verdict: VerdictWord,
    /// Why, when untestable or inconclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How binding it is.
    #[schemars(extend("enum" = ["MUST", "SHOULD", "MAY"]))]
    pub level: String,
    /// What kind of text it rests on.
    #[schemars(extend("enum" = ["documented", "sample", "public", "assumed"]))]
    pub provenance: String,
    /// Ids of the checks that judge it.
    pub checks: Vec<String>,
}

/// What one check came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckEntry {
    /// Its id, for example `trust/stale_trust_id_is_refused`.
    pub id: String,
    /// Its title, a sentence.
    pub title: String,
    /// The first part of the id.
    pub area: String,
    /// Ids of the requirements behind it.
    pub requirements: Vec<String>,
    /// How binding they are.
    #[schemars(extend("enum" = ["MUST", "SHOULD", "MAY"]))]
    pub level: String,
    /// Whether a violation is a compatibility finding only.
    pub compatibility: bool,
    /// The verdict.
    pub verdict: VerdictWord,
    /// Why, when untestable or inconclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Whether it counts as a conformance failure. For readers; ignored when read back.
    #[serde(default)]
    pub failure: bool,
    /// How often the server conformed.
    pub conforming: u64,
    /// How often it did not.
    pub violating: u64,
    /// How often no verdict was possible.
    pub inconclusive: u64,
    /// What the expectation file says about it; absent when it is not listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expectation: Option<ExpectationForm>,
}

/// What one scenario came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioEntry {
    /// Its id: the path of its file without the ending.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its file as it was named on the command line; empty for a scenario of the library.
    #[serde(default)]
    pub file: String,
    /// The worst outcome of its replicas.
    pub outcome: ScenarioForm,
    /// Expectations that held.
    pub expectations_met: u32,
    /// How many did not.
    pub expectations_unmet_count: u32,
    /// The first of those that did not.
    pub expectations_unmet: Vec<Unmet>,
    /// Whether the expectation file knows that expectations of it are unmet.
    pub known: bool,
    /// Exchanges of all its replicas.
    pub exchanges: u64,
    /// Replicas that began.
    pub replicas: u32,
}

/// An expectation of a scenario that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unmet {
    /// Which replica, from 0.
    pub replica: u32,
    /// Number of the step.
    pub step: u32,
    /// Line of the step in the scenario file; 0 when it is not known.
    pub line: u32,
    /// What was looked at, for example `line.status`.
    pub subject: String,
    /// What was expected.
    pub expected: String,
    /// What was there.
    pub actual: String,
}

/// One kind of violation or doubt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FindingEntry {
    /// Id of the check that found it.
    pub check: String,
    /// Ids of the requirements behind it.
    pub requirements: Vec<String>,
    /// `violates` or `inconclusive`.
    pub verdict: VerdictWord,
    /// Why, when inconclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What should be there; empty when inconclusive.
    pub expected: String,
    /// What was there.
    pub actual: String,
    /// How often it was seen.
    pub occurrences: u64,
    /// The first exchange that showed it; absent for a finding about the whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceEntry>,
}

/// Where in the journal a finding shows, and what stood there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceEntry {
    /// Position of the entry in the journal, from 1.
    pub seq: u64,
    /// Number of the exchange within its journey.
    pub exchange: u64,
    /// The journey: one replica of one scenario.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journey: Option<u32>,
    /// Id of the scenario; empty when the journal does not say.
    pub scenario: String,
    /// Index of the product instance in the fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<u32>,
    /// Its identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub udi: Option<UdiEntry>,
    /// Logical time, milliseconds since the epoch.
    pub at_ms: u64,
    /// Name of the endpoint in the target profile.
    pub endpoint: String,
    /// The URL.
    pub url: String,
    /// HTTP status of the answer; absent when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// The request body, artefacts opened, ID tokens masked, long texts cut.
    pub request: Value,
    /// The answer body in the same form; null when there was none.
    pub answer: Value,
}

/// The identity of a product instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UdiEntry {
    /// Product id.
    pub product_id: String,
    /// Serial number.
    pub serial_number: String,
}

/// The expectation file and the coverage baseline, compared with the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expectations {
    /// One per entry of the file, in order.
    pub entries: Vec<ExpectationEntry>,
    /// Checks of the coverage baseline that this run did not exercise.
    pub lost_coverage: Vec<String>,
}

/// One entry of the expectation file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExpectationEntry {
    /// Glob over check ids, or `scenario:` and a glob over scenario ids.
    pub pattern: String,
    /// Line of the entry in the file.
    pub line: u32,
    /// Why the deviation is accepted.
    pub reason: String,
    /// How the entry compares with the run.
    pub state: EntryStateForm,
}
