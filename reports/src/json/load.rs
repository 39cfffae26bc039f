//! The members of `muster.results/1` that a load run adds: what it measured, and its gates.

use muster_journal::load::{
    CoursePoint, GateResult, GateVerdict, GeneratorHealth, GroupArrivals, LoadSummary, LoadTotals,
    Percentiles, StepLatency, Traffic,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a load run measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Load {
    /// Product instances that took part.
    pub instances: u64,
    /// Threads the fleet ran on.
    pub shards: u32,
    /// Wall time from the first intended start to the last answer, milliseconds.
    pub wall_ms: u64,
    /// Logical time that passed, milliseconds; more than the wall time where clocks were moved.
    pub logical_ms: u64,
    /// Exchanges per second of wall time; 0 when none passed. For readers; ignored when read back.
    #[serde(default)]
    pub exchanges_per_s: f64,
    /// Counts of the whole run.
    pub totals: LoadCounts,
    /// Latencies: `all` first, then one row per kind of step in the order of the scenario.
    pub steps: Vec<StepEntry>,
    /// Arrivals by group of the scenario's `load`.
    pub groups: Vec<GroupEntry>,
    /// Exchanges that failed, by cause.
    pub failures: Vec<FailureCount>,
    /// Bytes and connections.
    pub traffic: TrafficCounts,
    /// How the generator itself fared.
    pub health: Health,
    /// The course of the run in slices of equal width.
    pub course: Vec<Slice>,
    /// The gates that were judged.
    pub gates: Vec<GateEntry>,
}

/// Counts of a whole load run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoadCounts {
    /// Exchanges sent: the sum over all steps.
    pub exchanges: u64,
    /// Exchanges that failed for any cause.
    pub errors: u64,
    /// Requests sent again by an instance after a failure.
    pub retries: u64,
    /// RUM reports the instances hold an acknowledgement for.
    pub acknowledged: u64,
    /// Instances that hold at least one acknowledgement.
    pub instances_acknowledged: u64,
    /// Instances that hold a trust code.
    pub instances_trusted: u64,
    /// Instances that sent at least one usage report.
    pub instances_reported: u64,
    /// Journeys that ran to their end.
    pub completed: u64,
    /// Arrivals for which no instance was free.
    pub dropped: u64,
    /// Times an instance lost power, network or its run by the scenario's churn.
    pub churned: u64,
    /// Instances that took part in churn and work again.
    pub recovered: u64,
}

/// Latencies of one kind of step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepEntry {
    /// `all`, or what the request asks, for example `report usage`.
    pub step: String,
    /// Exchanges measured.
    pub count: u64,
    /// Of those, failed.
    pub failed: u64,
    /// From the intended start.
    pub corrected: Distribution,
    /// From the first byte sent.
    pub raw: Distribution,
    /// From the intended start to the first byte sent.
    pub blocked: Distribution,
}

/// A distribution, microseconds; all 0 when nothing was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Distribution {
    /// Smallest.
    pub min: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Median.
    pub p50: u64,
    /// 90th percentile.
    pub p90: u64,
    /// 95th percentile.
    pub p95: u64,
    /// 99th percentile.
    pub p99: u64,
    /// 99.9th percentile.
    pub p999: u64,
    /// Largest.
    pub max: u64,
}

/// Arrivals of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GroupEntry {
    /// Name of the group; `all` when the scenario names none.
    pub group: String,
    /// The arrival model in words.
    pub model: String,
    /// Product instances of the group.
    pub instances: u64,
    /// Journeys that were to begin.
    pub intended: u64,
    /// Journeys that began.
    pub started: u64,
    /// Arrivals for which no instance was free.
    pub dropped: u64,
}

/// Exchanges that failed for one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailureCount {
    /// For example `timeout` or `http_status`.
    pub cause: String,
    /// How many.
    pub count: u64,
}

/// Bytes and connections of a whole load run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrafficCounts {
    /// HTTP bytes sent, before encryption.
    pub bytes_sent: u64,
    /// HTTP bytes received, after decryption.
    pub bytes_received: u64,
    /// TCP connections opened.
    pub connections: u64,
    /// TLS handshakes with a full key exchange and certificate.
    pub handshakes_full: u64,
    /// TLS handshakes that resumed an earlier session.
    pub handshakes_resumed: u64,
    /// Exchanges that used a connection kept from an earlier one.
    pub reused: u64,
}

/// How the generator itself fared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// 99th percentile of how late a due wake-up ran, microseconds.
    pub scheduler_lag_p99_us: u64,
    /// Longest such delay, microseconds.
    pub scheduler_lag_max_us: u64,
    /// CPU time of each shard's thread as a share of the wall time, percent.
    pub cpu_per_shard: Vec<f64>,
    /// Most resident memory of the process, bytes.
    pub rss_peak_bytes: u64,
    /// Most open file descriptors.
    pub fds_peak: u64,
    /// Soft limit of open file descriptors.
    pub fds_max: u64,
    /// Source addresses in use.
    pub source_addresses: u32,
    /// Ephemeral ports of one source address toward one destination.
    pub ports_per_address: u32,
    /// Why the result is invalid; empty when the generator was not the bottleneck.
    pub saturated: Vec<String>,
}

/// One slice of a load run's course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Slice {
    /// Start, milliseconds of wall time since the run began.
    pub at_ms: u64,
    /// Width, milliseconds.
    pub width_ms: u64,
    /// Exchanges that ended in it.
    pub exchanges: u64,
    /// Of those, failed.
    pub failed: u64,
    /// Median of the corrected latency, microseconds.
    pub p50_us: u64,
    /// 99th percentile of the corrected latency, microseconds.
    pub p99_us: u64,
    /// Exchanges under way at its end.
    pub in_flight: u64,
}

/// What became of one gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GateEntry {
    /// The gate as the scenario writes it, for example `p99(report usage) < 250ms`.
    pub gate: String,
    /// Id of the scenario it stands in.
    pub scenario: String,
    /// Its line in the scenario file; 0 when it is not known.
    pub line: u32,
    /// Whether it held.
    pub verdict: GateWord,
    /// Why, when indeterminate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The measured value in the unit of the gate; empty when nothing was measured.
    pub actual: String,
}

/// Whether a gate held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum GateWord {
    /// It held.
    Met,
    /// It did not.
    Missed,
    /// It cannot be told.
    Indeterminate,
}

/// Two structs with the same members, each turned into the other.
macro_rules! same_members {
    ($ours:ident, $theirs:ident { $($field:ident),* $(,)? }) => {
        impl From<$theirs> for $ours {
            fn from(theirs: $theirs) -> Self {
                Self { $($field: theirs.$field.into()),* }
            }
        }

        impl From<$ours> for $theirs {
            fn from(ours: $ours) -> Self {
                Self { $($field: ours.$field.into()),* }
            }
        }
    };
}

same_members!(
    LoadCounts,
    LoadTotals {
        exchanges,
        errors,
        retries,
        acknowledged,
        instances_acknowledged,
        instances_trusted,
        instances_reported,
        completed,
        dropped,
        churned,
        recovered,
    }
);

same_members!(StepEntry, StepLatency { step, count, failed, corrected, raw, blocked });

same_members!(GroupEntry, GroupArrivals { group, model, instances, intended, started, dropped });

same_members!(
    TrafficCounts,
    Traffic {
        bytes_sent,
        bytes_received,
        connections,
        handshakes_full,
        handshakes_resumed,
        reused,
    }
);

same_members!(Slice, CoursePoint { at_ms, width_ms, exchanges, failed, p50_us, p99_us, in_flight });

impl From<Percentiles> for Distribution {
    fn from(theirs: Percentiles) -> Self {
        let Percentiles { min, mean, p50, p90, p95, p99, p999, max } = theirs;
        Self { min, mean: finite(mean), p50, p90, p95, p99, p999, max }
    }
}

impl From<Distribution> for Percentiles {
    fn from(ours: Distribution) -> Self {
        let Distribution { min, mean, p50, p90, p95, p99, p999, max } = ours;
        Self { min, mean, p50, p90, p95, p99, p999, max }
    }
}

impl From<GeneratorHealth> for Health {
    fn from(theirs: GeneratorHealth) -> Self {
        Self {
            scheduler_lag_p99_us: theirs.scheduler_lag_p99_us,
            scheduler_lag_max_us: theirs.scheduler_lag_max_us,
            cpu_per_shard: theirs.cpu_per_shard.into_iter().map(finite).collect(),
            rss_peak_bytes: theirs.rss_peak_bytes,
            fds_peak: theirs.fds_peak,
            fds_max: theirs.fds_max,
            source_addresses: theirs.source_addresses,
            ports_per_address: theirs.ports_per_address,
            saturated: theirs.saturated,
        }
    }
}

impl From<Health> for GeneratorHealth {
    fn from(ours: Health) -> Self {
        Self {
            scheduler_lag_p99_us: ours.scheduler_lag_p99_us,
            scheduler_lag_max_us: ours.scheduler_lag_max_us,
            cpu_per_shard: ours.cpu_per_shard,
            rss_peak_bytes: ours.rss_peak_bytes,
            fds_peak: ours.fds_peak,
            fds_max: ours.fds_max,
            source_addresses: ours.source_addresses,
            ports_per_address: ours.ports_per_address,
            saturated: ours.saturated,
        }
    }
}

impl From<GateResult> for GateEntry {
    fn from(theirs: GateResult) -> Self {
        let (verdict, why) = match theirs.verdict {
            GateVerdict::Met => (GateWord::Met, None),
            GateVerdict::Missed => (GateWord::Missed, None),
            GateVerdict::Indeterminate { why } => (GateWord::Indeterminate, Some(why)),
        };
        let GateResult { gate, scenario, line, actual, .. } = theirs;
        Self { gate, scenario, line, verdict, why, actual }
    }
}

impl From<GateEntry> for GateResult {
    fn from(ours: GateEntry) -> Self {
        let verdict = match ours.verdict {
            GateWord::Met => GateVerdict::Met,
            GateWord::Missed => GateVerdict::Missed,
            GateWord::Indeterminate => {
                GateVerdict::Indeterminate { why: ours.why.unwrap_or_default() }
            }
        };
        let GateEntry { gate, scenario, line, actual, .. } = ours;
        Self { gate, scenario, line, verdict, actual }
    }
}

impl From<LoadSummary> for Load {
    fn from(theirs: LoadSummary) -> Self {
        let seconds = theirs.wall_ms as f64 / 1_000.0;
        let per_s =
            if theirs.wall_ms == 0 { 0.0 } else { theirs.totals.exchanges as f64 / seconds };
        let failures = theirs.failures.into_iter();
        Self {
            instances: theirs.instances,
            shards: theirs.shards,
            wall_ms: theirs.wall_ms,
            logical_ms: theirs.logical_ms,
            // Two decimals: no run is measured more exactly.
            exchanges_per_s: (per_s * 100.0).round() / 100.0,
            totals: theirs.totals.into(),
            steps: theirs.steps.into_iter().map(Into::into).collect(),
            groups: theirs.groups.into_iter().map(Into::into).collect(),
            failures: failures.map(|(cause, count)| FailureCount { cause, count }).collect(),
            traffic: theirs.traffic.into(),
            health: theirs.health.into(),
            course: theirs.course.into_iter().map(Into::into).collect(),
            gates: theirs.gates.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Load> for LoadSummary {
    fn from(ours: Load) -> Self {
        Self {
            instances: ours.instances,
            shards: ours.shards,
            wall_ms: ours.wall_ms,
            logical_ms: ours.logical_ms,
            totals: ours.totals.into(),
            steps: ours.steps.into_iter().map(Into::into).collect(),
            groups: ours.groups.into_iter().map(Into::into).collect(),
            failures: ours.failures.into_iter().map(|it| (it.cause, it.count)).collect(),
            traffic: ours.traffic.into(),
            health: ours.health.into(),
            course: ours.course.into_iter().map(Into::into).collect(),
            gates: ours.gates.into_iter().map(Into::into).collect(),
        }
    }
}

/// JSON has no other numbers; what is none was not measured.
fn finite(number: f64) -> f64 {
    if number.is_finite() { number } else { 0.0 }
}
