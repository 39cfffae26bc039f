//! What a run comes to: verdicts per requirement and per check, the scenarios, the expectations.
//!
//! Everything here is plain data for the reports; nothing refers back to the journal.

mod outcome;

use std::collections::BTreeMap;

use muster_journal::TimeMode;
use muster_journal::load::{GateResult, LoadSummary};
use serde::{Deserialize, Serialize};

pub use outcome::Outcome;

use crate::finding::Finding;
use crate::requirement::{Level, Provenance, RequirementId};
use crate::verdict::Verdict;

/// Findings kept per check; further kinds are only counted.
pub const FINDINGS_MAX: usize = 10;

/// Unmet scenario expectations kept per scenario; further ones are only counted.
pub const UNMET_MAX: usize = 50;

/// All that is known after a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Which run it was.
    pub run: RunInfo,
    /// One per requirement that a check judges or a scenario provokes, in catalogue order.
    pub requirements: Vec<RequirementResult>,
    /// One per check, in order of its id.
    pub checks: Vec<CheckResult>,
    /// One per scenario, in the order of the run.
    pub scenarios: Vec<ScenarioResult>,
    /// Requirements by verdict.
    pub summary: Summary,
    /// How the known deviations of the target compare with the run.
    pub expectations: ExpectationReport,
    /// Whether the run was cut short by the user.
    pub interrupted: bool,
    /// Exchanges of the run.
    pub exchanges: u64,
    /// Exchanges without an answer.
    pub failed_exchanges: u64,
    /// What the run measured; none when it was no load run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<LoadSummary>,
    /// Gates of the scenarios that nobody judged, because the run ended before it or measured
    /// nothing. Each is [`Indeterminate`](muster_journal::load::GateVerdict::Indeterminate); those
    /// that were judged stand in `load`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates_unjudged: Vec<GateResult>,
}

impl Results {
    /// All gates of the run, judged or not.
    pub fn gates(&self) -> impl Iterator<Item = &GateResult> {
        self.load.iter().flat_map(|load| &load.gates).chain(&self.gates_unjudged)
    }
}

/// Which run the results belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInfo {
    /// Version of Muster that wrote the journal.
    pub muster: String,
    /// The seed.
    pub seed: u64,
    /// Which clock.
    pub time: TimeMode,
    /// Name of the target profile.
    pub target: String,
    /// Logical start, milliseconds since the epoch.
    pub started_at_ms: u64,
    /// Ids of the scenarios, in order.
    pub scenarios: Vec<String>,
    /// Endpoint name to URL, of the target.
    #[serde(default)]
    pub endpoints: BTreeMap<String, String>,
    /// The words of the command line that decide what a run does, beside scenarios and seed;
    /// empty when there are none or the journal does not say.
    #[serde(default)]
    pub command: Vec<String>,
    /// Whether the journal leaves entries out, so that what did not happen in it may have happened
    /// in the run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// What the run shows about one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementResult {
    /// Its id.
    pub id: RequirementId,
    /// The verdicts of its checks added up.
    pub verdict: Verdict,
    /// Ids of the checks that judge it; empty when no check does yet.
    pub checks: Vec<String>,
    /// What kind of text it rests on.
    pub provenance: Provenance,
    /// How binding it is.
    pub level: Level,
}

/// What one check came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Its id, for example `trust/stale_trust_id_is_refused`.
    pub check: String,
    /// Its title, a sentence.
    pub title: String,
    /// The first part of the id.
    pub area: String,
    /// The requirements behind it.
    pub requirements: Vec<RequirementId>,
    /// How binding they are.
    pub level: Level,
    /// Whether it rests on assumed or derived requirements only: then a violation is a
    /// compatibility finding, never a conformance failure.
    pub compatibility: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// How often the server conformed.
    pub conforming: u64,
    /// How often it did not.
    pub violating: u64,
    /// How often no verdict was possible.
    pub inconclusive: u64,
    /// The first [`FINDINGS_MAX`] kinds of findings.
    pub findings: Vec<Finding>,
    /// What the expectation file says about it; none when it is not listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expectation: Option<ExpectationOutcome>,
}

impl CheckResult {
    /// Whether the result is a conformance failure: a MUST, not a compatibility matter, and not a
    /// deviation the expectation file knows.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.verdict == Verdict::Violates
            && self.level == Level::Must
            && !self.compatibility
            && !self.is_expected()
    }

    /// Whether the expectation file knows the verdict.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        matches!(self.expectation, Some(ExpectationOutcome::AsExpected { .. }))
    }
}

/// How a check compares with the expectation file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ExpectationOutcome {
    /// It fails as the file says.
    AsExpected {
        /// Why that is accepted for now.
        reason: String,
        /// Who looks after it.
        owner: String,
        /// Where it is tracked; empty when nowhere.
        link: String,
    },
    /// The file says it fails, but it conforms.
    UnexpectedPass,
    /// The entry is past its date, so it no longer excuses anything.
    Expired {
        /// The date, `YYYY-MM-DD`.
        expires: String,
    },
    /// It was not exercised, so the entry is neither confirmed nor refuted.
    NotExercised,
}

/// What one scenario came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioResult {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its file as it was named on the command line; empty for a scenario of the library.
    #[serde(default)]
    pub file: String,
    /// The worst outcome of its replicas.
    pub outcome: ScenarioOutcome,
    /// Expectations that held.
    pub expectations_met: u32,
    /// The first [`UNMET_MAX`] that did not.
    pub expectations_unmet: Vec<UnmetExpectation>,
    /// How many did not, kept or not.
    pub expectations_unmet_count: u32,
    /// Whether the expectation file knows that expectations of it are unmet.
    pub known: bool,
    /// Exchanges of all its replicas.
    pub exchanges: u64,
    /// Replicas that began.
    pub replicas: u32,
}

/// How a scenario ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum ScenarioOutcome {
    /// Every step ran.
    Completed,
    /// The target lacks something it needs.
    NotRun {
        /// What, for example `clock`.
        lacks: Vec<String>,
    },
    /// The target could not be reached, or a hook failed.
    Broken {
        /// What went wrong.
        reason: String,
    },
    /// It was cut short, or never began.
    Interrupted,
}

/// An `expect` of a scenario that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmetExpectation {
    /// Which replica, from 0.
    pub replica: u32,
    /// Number of the step in the compiled scenario.
    pub step: u32,
    /// Line of the step in the scenario file; 0 when the journal does not say.
    pub line: u32,
    /// What was looked at, for example `line.status`.
    pub subject: String,
    /// What was expected.
    pub expected: String,
    /// What was there.
    pub actual: String,
}

/// Requirements by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Shown and good.
    pub conforms: u32,
    /// Shown and not good.
    pub violates: u32,
    /// Trigger did not occur.
    pub not_exercised: u32,
    /// Trigger cannot occur on this target, or no check judges it yet.
    pub untestable: u32,
    /// No verdict possible.
    pub inconclusive: u32,
}

impl Summary {
    /// Counts one verdict.
    pub const fn count(&mut self, verdict: &Verdict) {
        let counter = match verdict {
            Verdict::Conforms => &mut self.conforms,
            Verdict::Violates => &mut self.violates,
            Verdict::NotExercised => &mut self.not_exercised,
            Verdict::Untestable { .. } => &mut self.untestable,
            Verdict::Inconclusive { .. } => &mut self.inconclusive,
        };
        *counter += 1;
    }

    /// All requirements counted.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.conforms + self.violates + self.not_exercised + self.untestable + self.inconclusive
    }
}

/// The expectation file and the coverage baseline, compared with the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectationReport {
    /// One per entry of the file, in order.
    pub entries: Vec<EntryReport>,
    /// Checks of the coverage baseline that this run did not exercise.
    pub lost_coverage: Vec<String>,
}

/// One entry of the expectation file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryReport {
    /// Glob over check ids, or `scenario:` and a glob over scenario ids.
    pub pattern: String,
    /// Line of the entry in the file.
    pub line: u32,
    /// Why the deviation is accepted.
    pub reason: String,
    /// How the entry compares with the run.
    pub state: EntryState,
}

/// How an entry of the expectation file compares with a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum EntryState {
    /// At least one check it names fails as it says, and none that was exercised conforms.
    Held,
    /// Checks it names conform.
    UnexpectedPass {
        /// Which.
        checks: Vec<String>,
    },
    /// Nothing it names was exercised.
    NotExercised,
    /// It can excuse nothing any more.
    Stale {
        /// Past its date, or no check has such an id.
        why: String,
    },
}
