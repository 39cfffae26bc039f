//! One fixed load run: two groups with churn, a server that stalls once, gates of every verdict;
//! and the same run by a generator that could not keep up.

use muster_conformance::Results;
use muster_journal::TimeMode;
use muster_journal::load::{
    CoursePoint, GateResult, GateVerdict, GeneratorHealth, GroupArrivals, LoadSummary, LoadTotals,
    Percentiles, StepLatency, Traffic,
};

use crate::support::clean_results;

const SCENARIO: &str = "load/night-shift";

/// The run, of a server that conforms and is too slow.
pub(crate) fn load_results() -> Results {
    let mut results = clean_results();
    results.run.time = TimeMode::Real;
    results.run.target = "embedded".to_owned();
    results.run.command = Vec::new();
    results.run.scenarios = vec![SCENARIO.to_owned()];
    results.scenarios.truncate(1);
    let scenario = &mut results.scenarios[0];
    SCENARIO.clone_into(&mut scenario.id);
    "Two sites report at once and lose power".clone_into(&mut scenario.title);
    scenario.exchanges = 48_036;
    scenario.replicas = 12_000;
    results.exchanges = 48_036;
    results.failed_exchanges = 27;
    results.load = Some(load());
    let why = "not judged: the measurement does not name it";
    results.gates_unjudged = vec![GateResult {
        line: 0,
        actual: String::new(),
        ..gate("p99(renewal) < 1s", GateVerdict::Indeterminate { why: why.to_owned() }, "")
    }];
    results
}

/// The same run, good for nothing.
pub(crate) fn saturated_results() -> Results {
    let mut results = load_results();
    let load = results.load.as_mut().expect("a load run");
    load.health.saturated = vec![
        "shard 1 was busy 99 % of the run (allowed: under 90 %), and 1,204 of 12,000 arrivals \
         (10.03 %) were dropped; lower the rate or give the fleet more cores."
            .to_owned(),
        "62 exchanges found no free local port (source addresses: 1, with 28,232 ports each; not \
         one may fail so); add source addresses with --source"
            .to_owned(),
    ];
    load.health.cpu_per_shard = vec![71.5, 99.25];
    load.groups[1].started -= 1_204;
    load.groups[1].dropped = 1_204;
    load.totals.dropped = 1_204;
    results
}

/// The same run of a server in time, from a journal that is whole.
pub(crate) fn passed_results() -> Results {
    let mut results = load_results();
    results.gates_unjudged.clear();
    let load = results.load.as_mut().expect("a load run");
    load.gates.retain(|gate| gate.verdict == GateVerdict::Met);
    results
}

fn load() -> LoadSummary {
    LoadSummary {
        instances: 12_000,
        shards: 2,
        wall_ms: 40_250,
        logical_ms: 28_840_250,
        totals: LoadTotals {
            exchanges: 48_036,
            errors: 36,
            retries: 36,
            acknowledged: 12_000,
            instances_acknowledged: 11_998,
            instances_trusted: 12_000,
            instances_reported: 12_000,
            completed: 11_998,
            dropped: 0,
            churned: 300,
            recovered: 298,
        },
        steps: steps(),
        groups: groups(),
        failures: [("timeout", 22), ("http_status", 9), ("closed", 5)]
            .map(|(cause, count)| (cause.to_owned(), count))
            .into(),
        traffic: Traffic {
            bytes_sent: 71_402_880,
            bytes_received: 54_118_400,
            connections: 36_210,
            handshakes_full: 24_105,
            handshakes_resumed: 12_105,
            reused: 11_826,
        },
        health: GeneratorHealth {
            scheduler_lag_p99_us: 1_870,
            scheduler_lag_max_us: 14_200,
            cpu_per_shard: vec![61.5, 58.25],
            rss_peak_bytes: 96_468_992,
            fds_peak: 2_113,
            fds_max: 20_000,
            source_addresses: 2,
            ports_per_address: 28_232,
            saturated: Vec::new(),
        },
        course: course(),
        gates: gates(),
    }
}

fn steps() -> Vec<StepLatency> {
    let step = |step: &str, count, failed, corrected, raw, blocked| StepLatency {
        step: step.to_owned(),
        count,
        failed,
        corrected: percentiles(corrected),
        raw: percentiles(raw),
        blocked: percentiles(blocked),
    };
    vec![
        step(
            "all",
            48_036,
            36,
            [812, 7_940, 31_200, 96_100, 1_412_000, 2_604_000, 3_051_000],
            [640, 7_020, 24_800, 40_300, 388_000, 1_950_000, 2_998_000],
            [3, 410, 2_950, 11_200, 861_000, 1_730_000, 2_113_000],
        ),
        step(
            "trust",
            12_000,
            2,
            [2_104, 11_300, 35_700, 88_400, 902_000, 2_198_000, 2_870_000],
            [1_930, 10_200, 27_100, 38_800, 241_000, 1_640_000, 2_764_000],
            [3, 520, 3_410, 12_900, 540_000, 1_410_000, 1_902_000],
        ),
        step(
            "report usage",
            12_000,
            25,
            [1_377, 9_260, 42_500, 133_000, 1_688_000, 2_811_000, 3_051_000],
            [1_214, 8_130, 30_900, 57_200, 512_000, 2_240_000, 2_998_000],
            [3, 488, 3_020, 14_100, 990_000, 1_820_000, 2_113_000],
        ),
        step(
            "poll",
            24_036,
            9,
            [812, 6_330, 22_100, 61_700, 1_120_000, 2_317_000, 2_955_000],
            [640, 5_710, 18_400, 29_900, 305_000, 1_720_000, 2_801_000],
            [2, 301, 2_480, 9_310, 702_000, 1_566_000, 2_004_000],
        ),
    ]
}

fn percentiles([min, p50, p90, p95, p99, p999, max]: [u64; 7]) -> Percentiles {
    Percentiles { min, mean: 1.25 * p50 as f64, p50, p90, p95, p99, p999, max }
}

fn groups() -> Vec<GroupArrivals> {
    let group = |group: &str, model: &str, instances| GroupArrivals {
        group: group.to_owned(),
        model: model.to_owned(),
        instances,
        intended: instances,
        started: instances,
        dropped: 0,
    };
    vec![
        group("access", "ramp from 100/s to 500/s within 20 s, then 500/s, Poisson", 9_000),
        group("wireless", "spread over 30 s", 3_000),
    ]
}

/// Half a second each; the server stands still from 20 s to 22.5 s and then catches up.
fn course() -> Vec<CoursePoint> {
    (0..81).map(slice).collect()
}

fn slice(index: u64) -> CoursePoint {
    let (exchanges, p50_us, p99_us) = match index {
        40..=44 => (0, 0, 0),
        45..=47 => (1_420 - 60 * (index - 45), 1_610_000, 2_990_000 - 210_000 * (index - 45)),
        ramp @ 0..=39 => (180 + 12 * ramp, 6_100 + 40 * ramp, 21_000 + 900 * ramp),
        tail => (648_u64.saturating_sub(9 * (tail - 48)), 7_800, 38_000 + 2_100 * (tail % 7)),
    };
    let failed = match index {
        45 => 22,
        52 | 60 => 7,
        _ => 0,
    };
    let in_flight = if (40..=44).contains(&index) { 310 * (index - 39) } else { 14 + index % 5 };
    let at_ms = index * 500;
    CoursePoint { at_ms, width_ms: 500, exchanges, failed, p50_us, p99_us, in_flight }
}

fn gates() -> Vec<GateResult> {
    let why = "12,000 samples are not enough for p99.99, which takes 100,000".to_owned();
    let mut gates = vec![
        gate("trusted == instances", GateVerdict::Met, "12,000 of 12,000"),
        gate("p99(report usage) < 250ms", GateVerdict::Missed, "1,688 ms"),
        gate("p9999(report usage) < 5s", GateVerdict::Indeterminate { why }, "3.05 s"),
        gate("acknowledged == instances", GateVerdict::Missed, "11,998 of 12,000"),
        gate("rss < 400MB", GateVerdict::Met, "96.5 MB"),
    ];
    for (line, gate) in (31..).zip(&mut gates) {
        gate.line = line;
    }
    gates
}

fn gate(gate: &str, verdict: GateVerdict, actual: &str) -> GateResult {
    GateResult {
        gate: gate.to_owned(),
        scenario: SCENARIO.to_owned(),
        line: 0,
        verdict,
        actual: actual.to_owned(),
    }
}
