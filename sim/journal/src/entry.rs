//! The versioned entry types: a header line, then one entry per event.

use std::collections::BTreeMap;

use muster_wire::Udi;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exchange::Exchange;
use crate::load::LoadSummary;

/// `schema` of the journals this crate writes.
pub const SCHEMA: &str = "muster.journal/1";

/// The first line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Version of Muster that wrote the journal.
    pub muster: String,
    /// The run's seed; with the same scenarios in virtual time it gives the same bytes.
    pub seed: u64,
    /// Which clock the run used.
    pub time: TimeMode,
    /// Logical start, milliseconds since the epoch.
    pub started_at_ms: u64,
    /// What was tested.
    pub target: TargetInfo,
    /// The scenarios of the run, in order.
    pub scenarios: Vec<ScenarioInfo>,
    /// The words of the command line that decide what a run does, beside scenarios and seed, for
    /// example `--target lab.toml`; empty when there are none, and in older journals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// What the journal leaves out on purpose; none when it holds the whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
}

impl Header {
    /// The header of a journal that leaves entries out. The run's own header stays as it is:
    /// whoever judges the run as it happens sees all of it.
    #[must_use]
    pub fn sampled(&self, sampling: Sampling) -> Self {
        Self { sampling: Some(sampling), ..self.clone() }
    }
}

/// Which entries a journal holds when it does not hold all. Entries keep the numbers they have in
/// the whole run, so numbers are missing, and a journey's entries keep their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Sampling {
    /// Every entry of every n-th journey, and the entries that belong to none.
    EveryNthJourney {
        /// The n; journey numbers it divides are kept.
        every: u32,
    },
    /// What came last before a failed check or an unmet expectation of the same journey.
    FailuresWithContext {
        /// Entries kept of each journey, at most.
        entries_max: u32,
        /// Bytes kept of each journey, at most.
        journey_bytes_max: u64,
        /// Bytes kept of all journeys together, at most.
        bytes_max: u64,
    },
    /// A way this version does not know.
    #[serde(other)]
    Other,
}

/// Which clock a run used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeMode {
    /// The wall clock, plus what was advanced through the target's clock hook.
    Real,
    /// A simulated clock that jumps to the next due timer.
    Virtual,
}

/// The target as its profile names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetInfo {
    /// Name of the profile, `embedded` for the built-in server.
    pub name: String,
    /// Endpoint name to URL, for example `cslu` to `https://…/cslu/v1/pi/Default-1`.
    pub endpoints: BTreeMap<String, String>,
    /// What the profile can do beyond endpoints: hook names and capabilities.
    pub capabilities: Vec<String>,
    /// Certificates of the keys the server signs artefacts with, base64 of DER; empty when nobody
    /// said which, and in older journals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signing_certificates: Vec<String>,
}

/// One scenario of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioInfo {
    /// Its id, the path below the library, for example `conformance/trust/first-trust`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Requirement ids it provokes.
    pub provokes: Vec<String>,
    /// Its file as it was named on the command line; empty for a scenario of the library.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Its gates as they stand there, for example `p99(report usage) < 250ms`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<String>,
}

/// One event of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the journal, from 1.
    pub seq: u64,
    /// Logical time, milliseconds since the epoch.
    pub at_ms: u64,
    /// The journey the event belongs to: one replica of one scenario.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journey: Option<u32>,
    /// The product instance the event belongs to, by its index in the fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<u32>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// One replica of a scenario began.
    JourneyStarted {
        /// Scenario id.
        scenario: String,
        /// Which replica, from 0.
        replica: u32,
    },
    /// A product instance took part from here on.
    InstanceJoined {
        /// Its name in the scenario.
        name: String,
        /// Its identity.
        udi: Udi,
        /// Platform name, for example `c9800-l`.
        platform: String,
        /// Product software tag.
        software_tag: String,
        /// Base64 of its public key (DER SubjectPublicKeyInfo), so that signatures can be checked.
        public_key: String,
    },
    /// A scenario step began.
    StepStarted {
        /// Number of the step in the compiled scenario, from 1.
        step: u32,
        /// The step's verb, for example `report`.
        verb: String,
        /// The step's arguments as the scenario gives them, secrets by reference.
        arguments: Value,
        /// Line of the step in the scenario file.
        line: u32,
    },
    /// A request and what came back.
    Exchange(Box<Exchange>),
    /// A state machine of the instance moved.
    StateChanged {
        /// For example `trust`, `rum_report` or `registration`.
        machine: String,
        /// Which of several, for example a report id; empty when there is one.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        key: String,
        /// State before.
        from: String,
        /// State after.
        to: String,
        /// What moved it.
        input: String,
    },
    /// A timer of the instance fell due.
    TimerFired {
        /// What it is for, for example `report_due`.
        timer: String,
    },
    /// Logical time moved on.
    TimeAdvanced {
        /// By how much, milliseconds.
        by_ms: u64,
        /// Whether the target's clock was moved with it.
        target_moved: bool,
    },
    /// A fault of the product instance appeared, as its operator sees it.
    FaultRaised {
        /// Which one, for example `not_registered`.
        kind: String,
        /// `info` or `major`.
        severity: String,
        /// The text shown, or the entitlement tag of a licence out of compliance.
        detail: String,
    },
    /// A fault of the product instance is gone.
    FaultCleared {
        /// Which one.
        kind: String,
        /// The entitlement tag of a licence that was out of compliance, else empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        tag: String,
    },
    /// From now on the requests of the product instance go to this of its servers.
    ServerChosen {
        /// `primary` or `secondary`.
        server: String,
    },
    /// The server gave the product instance a key of another vendor's service.
    ThirdPartyKeyReceived {
        /// Kind of key, for example `VOUCHER_CODE`.
        name: String,
        /// Number of the key; the key itself is not in a journal.
        key_id: u64,
    },
    /// A fault was put on the wire on purpose.
    FaultInjected {
        /// Which.
        fault: String,
    },
    /// A hook of the target profile, or its admin interface, was called.
    HookCalled {
        /// Name of the hook.
        hook: String,
        /// Arguments, secrets by reference.
        arguments: Value,
        /// None when it worked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
    /// A line the product instance logged.
    Syslog {
        /// The text, for example `%SMART_LIC-5-COMM_RESTORED: …`.
        text: String,
    },
    /// An `expect` of the scenario was looked at.
    Expectation {
        /// The step it belongs to.
        step: u32,
        /// What was looked at, for example `line.status`.
        subject: String,
        /// What was expected.
        expected: String,
        /// What was there.
        actual: String,
        /// Whether the two agree.
        met: bool,
    },
    /// A scenario step ended.
    StepFinished {
        /// Number of the step.
        step: u32,
        /// Status word of the answer, or why there was none.
        outcome: String,
    },
    /// One replica of a scenario ended.
    JourneyFinished {
        /// How.
        outcome: JourneyOutcome,
    },
    /// What a load run measured; shortly before the end.
    LoadMeasured(Box<LoadSummary>),
    /// The run ended; the last entry.
    RunFinished {
        /// Journeys that completed.
        completed: u32,
        /// Whether the run was cut short by the user.
        interrupted: bool,
    },
    /// An event this version does not know, read from the journal of a later one. Its members are
    /// not kept.
    #[serde(other)]
    Unknown,
}

impl Event {
    /// Whether it is about the run as a whole, whatever journey it was recorded under.
    pub(crate) const fn is_about_the_run(&self) -> bool {
        matches!(self, Self::LoadMeasured(_) | Self::RunFinished { .. })
    }
}

/// How one replica of a scenario ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum JourneyOutcome {
    /// Every step ran (expectations may still have been unmet).
    Completed,
    /// The scenario could not be run against this target.
    NotRun {
        /// What the target lacks, for example `clock` or `cslu_validating`.
        lacks: Vec<String>,
    },
    /// The target could not be reached, or a hook failed.
    Broken {
        /// What went wrong.
        reason: String,
    },
    /// The user cut the run short.
    Interrupted,
}
