//! What a load run measured: latencies per step, traffic, failures, the generator's own health and
//! the verdicts of the gates. One entry at the end of the run, so that every report reads it from
//! the journal as it reads everything else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything measured in one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoadSummary {
    /// Product instances that took part.
    pub instances: u64,
    /// Threads the fleet ran on.
    pub shards: u32,
    /// Wall time from the first intended start to the last answer, milliseconds.
    pub wall_ms: u64,
    /// Logical time that passed, milliseconds; more than the wall time where clocks were moved.
    pub logical_ms: u64,
    /// Counts of the whole run.
    pub totals: LoadTotals,
    /// Latencies: `all` first, then one row per kind of step in the order of the scenario.
    pub steps: Vec<StepLatency>,
    /// Arrivals by group of the scenario's `load`.
    pub groups: Vec<GroupArrivals>,
    /// Exchanges that failed, by cause: `dns`, `connect`, `tls`, `timeout`, `closed`, `http`,
    /// `too_long`, `http_status`, `protocol_status`, `nonce`, `signature`.
    pub failures: BTreeMap<String, u64>,
    /// Bytes and connections.
    pub traffic: Traffic,
    /// How the generator itself fared.
    pub health: GeneratorHealth,
    /// The course of the run, at most 240 points of equal width.
    pub course: Vec<CoursePoint>,
    /// The scenario's gates and what became of them.
    pub gates: Vec<GateResult>,
}

/// Counts of the whole run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadTotals {
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

/// Latencies of one kind of step, microseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepLatency {
    /// `all`, or what the request asks in lower case with spaces: `trust`, `report usage`, `poll`,
    /// `probe`, `raw`.
    pub step: String,
    /// Exchanges measured.
    pub count: u64,
    /// Of those, failed.
    pub failed: u64,
    /// From the intended start, so that a stalled server cannot hide behind a stalled generator.
    pub corrected: Percentiles,
    /// From the first byte sent.
    pub raw: Percentiles,
    /// From the intended start to the first byte sent: waiting for a slot, a connection, a
    /// handshake.
    pub blocked: Percentiles,
}

/// A distribution, microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupArrivals {
    /// Name of the group; `all` when the scenario names none.
    pub group: String,
    /// The arrival model in words, for example `rate 500/s`.
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

/// Bytes and connections of the whole run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GeneratorHealth {
    /// 99th percentile of how late a due wake-up ran, microseconds, over all shards.
    pub scheduler_lag_p99_us: u64,
    /// Longest such delay, microseconds.
    pub scheduler_lag_max_us: u64,
    /// CPU time of each shard's thread as a share of the wall time, percent.
    pub cpu_per_shard: Vec<f64>,
    /// Most resident memory of the process, bytes.
    pub rss_peak_bytes: u64,
    /// Most open file descriptors, and how many are allowed.
    pub fds_peak: u64,
    /// Soft limit of open file descriptors.
    pub fds_max: u64,
    /// Source addresses in use.
    pub source_addresses: u32,
    /// Ephemeral ports of one source address toward one destination.
    pub ports_per_address: u32,
    /// Why the result is invalid, when the generator was the bottleneck; empty when it was not.
    pub saturated: Vec<String>,
}

/// One slice of the run's course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CoursePoint {
    /// Start of the slice, milliseconds of wall time since the run began.
    pub at_ms: u64,
    /// Width of the slice, milliseconds.
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateResult {
    /// The gate as the scenario writes it, for example `p99(report usage) < 250ms`.
    pub gate: String,
    /// The scenario it stands in.
    pub scenario: String,
    /// Its line in the scenario file.
    pub line: u32,
    /// Whether it held.
    pub verdict: GateVerdict,
    /// The measured value in the unit of the gate, for example `213 ms`.
    pub actual: String,
}

/// Whether a gate held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum GateVerdict {
    /// It held.
    Met,
    /// It did not.
    Missed,
    /// It cannot be told, for example because of too few samples.
    Indeterminate {
        /// Why.
        why: String,
    },
}
