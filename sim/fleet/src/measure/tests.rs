//! What is counted, how shards add up, and how near percentiles are to the truth.

use muster_journal::load::Percentiles;
use muster_wire::RequestType;
use proptest::prelude::*;

use super::*;

fn sample(step: StepKind, ended_us: u64) -> Sample {
    Sample {
        step,
        intended_us: 0,
        sent_us: 0,
        ended_us,
        failure: None,
        measured: true,
        bytes_sent: 0,
        bytes_received: 0,
        connection: ConnectionUse::None,
        is_retry: false,
    }
}

fn summary(measures: &Measures) -> LoadSummary {
    let mut summary = LoadSummary::default();
    measures.fill(&mut summary);
    summary
}

fn row<'a>(summary: &'a LoadSummary, step: &str) -> &'a StepLatency {
    summary.steps.iter().find(|row| row.step == step).expect("the row is there")
}

#[test]
fn names_are_those_of_gates_and_each_stands_at_its_own_number() {
    let steps = StepKind::ALL.map(StepKind::name);
    assert_eq!(steps, ["trust", "report usage", "poll", "probe", "raw", "collect"]);
    let numbers: Vec<usize> = StepKind::ALL.iter().map(|kind| *kind as usize).collect();
    assert_eq!(numbers, (0..StepKind::COUNT).collect::<Vec<_>>());
    let numbers: Vec<usize> = Failure::ALL.iter().map(|cause| *cause as usize).collect();
    assert_eq!(numbers, (0..Failure::COUNT).collect::<Vec<_>>());
    let of = |word: &str| StepKind::of(&RequestType::from(word)).name();
    let asked = ["ID_TOKEN_TRUST", "TRUST_SYNC", "LICENSE_USAGE", "POLL", "HELLO", "X"].map(of);
    assert_eq!(asked, ["trust", "trust", "report usage", "poll", "raw", "raw"]);
}

#[test]
fn a_stalled_server_shows_in_the_corrected_latency_and_not_in_the_raw_one() {
    let mut measures = Measures::new();
    // 500 a second for 20 s; from 5 s to 11 s nothing goes out, and then everything at once.
    for number in 0..10_000_u64 {
        let intended_us = number * 2_000;
        let stalled = (5_000_000..11_000_000).contains(&intended_us);
        let sent_us = if stalled { 11_000_000 } else { intended_us };
        let ended_us = sent_us + 1_000;
        measures.take(&Sample { intended_us, sent_us, ..sample(StepKind::Poll, ended_us) });
    }
    let summary = summary(&measures);
    let poll = row(&summary, "poll");
    assert!(poll.corrected.p99 >= 5_000_000, "{:?}", poll.corrected);
    assert!(poll.raw.p99 <= 1_001, "{:?}", poll.raw);
    assert!(poll.blocked.p99 >= 5_000_000, "{:?}", poll.blocked);
    assert_eq!(poll, &StepLatency { step: "poll".to_owned(), ..row(&summary, "all").clone() });
}

#[test]
fn a_failed_exchange_has_a_latency_and_a_cause() {
    let mut measures = Measures::new();
    measures.take(&sample(StepKind::Trust, 10));
    let failure = Some(Failure::Timeout);
    measures.take(&Sample { failure, is_retry: true, ..sample(StepKind::Trust, 30_000_000) });
    let summary = summary(&measures);
    let trust = row(&summary, "trust");
    assert_eq!((trust.count, trust.failed, trust.corrected.max), (2, 1, 30_000_000));
    assert_eq!(summary.failures.into_iter().collect::<Vec<_>>(), [("timeout".to_owned(), 1)]);
    let totals = summary.totals;
    assert_eq!((totals.exchanges, totals.errors, totals.retries), (2, 1, 1));
}

#[test]
fn the_setup_is_counted_but_its_latency_is_not() {
    let mut measures = Measures::new();
    let failure = Some(Failure::Dns);
    let setup = Sample { measured: false, bytes_sent: 9, failure, ..sample(StepKind::Trust, 77) };
    measures.take(&setup);
    let mut summary = summary(&measures);
    assert_eq!((summary.totals.exchanges, summary.traffic.bytes_sent), (1, 9));
    assert_eq!(summary.failures.remove("dns"), Some(1));
    assert_eq!(summary.steps, [StepLatency { step: "all".to_owned(), ..StepLatency::default() }]);
    let course = summary.course[0];
    assert_eq!((course.exchanges, course.failed, course.p99_us), (1, 1, 0));
    assert_eq!((measures.live().measured(), measures.live().p99_us()), (0, None));
}

#[test]
fn connections_are_counted_by_what_they_took() {
    use ConnectionUse::{FullHandshake, None, Plain, ResumedHandshake, Reused};
    let mut measures = Measures::new();
    for connection in [Plain, FullHandshake, FullHandshake, ResumedHandshake, Reused, None] {
        measures.take(&Sample { connection, ..sample(StepKind::Raw, 1) });
    }
    let traffic = summary(&measures).traffic;
    assert_eq!((traffic.connections, traffic.reused), (4, 1));
    assert_eq!((traffic.handshakes_full, traffic.handshakes_resumed), (2, 1));
}

#[test]
fn rows_stand_in_the_order_of_a_journey_whatever_came_first() {
    let mut measures = Measures::new();
    for step in [StepKind::Collect, StepKind::Poll, StepKind::Trust] {
        measures.take(&sample(step, 1));
    }
    let steps: Vec<String> = summary(&measures).steps.into_iter().map(|row| row.step).collect();
    assert_eq!(steps, ["all", "trust", "poll", "collect"]);
}

#[test]
fn smallest_mean_and_largest_are_exact_past_the_reach_of_the_histogram() {
    let mut measures = Measures::new();
    for ended_us in [1_234_567, 7_200_000_001] {
        measures.take(&sample(StepKind::Poll, ended_us));
    }
    let corrected = row(&summary(&measures), "poll").corrected;
    assert_eq!((corrected.min, corrected.max), (1_234_567, 7_200_000_001));
    assert!((corrected.mean - 3_600_617_284.0).abs() < 1e-3);
}

#[test]
fn live_figures_are_those_since_the_last_ones() {
    let mut measures = Measures::new();
    measures.take(&sample(StepKind::Poll, 1_000));
    measures.end_slice(1_000_000, 3);
    let first = measures.live();
    assert_eq!((first.exchanges, first.in_flight, first.p99_us()), (1, 3, Some(1_000)));
    let failure = Some(Failure::Closed);
    measures.take(&Sample { failure, ..sample(StepKind::Trust, 2_000_000) });
    let mut second = measures.live();
    assert_eq!((second.exchanges, second.failed, second.measured()), (1, 1, 1));
    assert_eq!((second.totals.exchanges(), second.p50_us()), (2, Some(2_000_000)));
    let idle = measures.live();
    assert_eq!((idle.exchanges, idle.p50_us(), idle.totals.exchanges()), (0, None, 2));
    second.merge(&first);
    assert_eq!((second.exchanges, second.in_flight, second.measured()), (2, 6, 2));
    assert_eq!(second.quantiles_us([0.5, 1.0]), Some([1_023, 2_000_000]));
}

#[test]
fn a_display_that_reads_late_misses_nothing() {
    let (mut shards, mut totals) = ([Measures::new(), Measures::new()], LiveTotals::new());
    for round in 1..=3 {
        for (number, shard) in shards.iter_mut().enumerate() {
            shard.take(&sample(StepKind::Poll, round * 1_000));
            shard.end_slice(round * 1_000_000, 5);
            totals.take(number, &shard.live());
        }
    }
    let read = totals.read();
    assert_eq!((read.exchanges, read.measured(), read.in_flight), (6, 6, 10));
    assert_eq!(read.totals.exchanges(), 6);
    let again = totals.read();
    assert_eq!((again.exchanges, again.totals.exchanges(), again.in_flight), (0, 6, 10));
}

#[test]
fn a_percentile_needs_ten_samples_beyond_it() {
    let needed = [0.0, 0.5, 0.9, 0.95, 0.99, 0.999].map(samples_needed);
    assert_eq!(needed, [10, 20, 100, 200, 1_000, 10_000]);
    assert_eq!(samples_needed(1.0), u64::MAX);
}

fn any_sample() -> impl Strategy<Value = Sample> {
    use ConnectionUse::{FullHandshake, None, Plain, ResumedHandshake, Reused};
    let connection =
        prop::sample::select(vec![Plain, FullHandshake, ResumedHandshake, Reused, None]);
    let failure = prop::option::weighted(0.2, prop::sample::select(Failure::ALL.to_vec()));
    let kind = prop::sample::select(StepKind::ALL.to_vec());
    let times = (0_u64..600_000_000, 0_u64..2_000_000, 0_u64..8_000_000_000);
    (times, kind, failure, connection, any::<(bool, bool, u16)>()).prop_map(
        |((intended_us, blocked, latency), step, failure, connection, (measured, is_retry, n))| {
            let sent_us = intended_us + blocked;
            Sample {
                step,
                intended_us,
                sent_us,
                ended_us: sent_us + latency % 5_000_000,
                failure,
                measured,
                bytes_sent: u32::from(n),
                bytes_received: u32::from(n / 2),
                connection,
                is_retry,
            }
        },
    )
}

/// A shard of some length, which asks for live figures and notes what is in flight.
fn any_shard() -> impl Strategy<Value = Measures> {
    let samples = prop::collection::vec(any_sample(), 0..40);
    let notes = prop::collection::vec((0_u64..900_000_000, 0_u64..100), 0..10);
    (samples, notes, any::<bool>()).prop_map(|(samples, mut notes, shown)| {
        let mut measures = Measures::new();
        samples.iter().for_each(|one| measures.take(one));
        if shown {
            measures.live();
        }
        notes.sort_unstable();
        notes.iter().for_each(|(at_us, in_flight)| measures.end_slice(*at_us, *in_flight));
        measures
    })
}

fn sum(parts: &[&Measures]) -> (LoadSummary, Live) {
    let mut sum = Measures::new();
    parts.iter().for_each(|part| sum.merge(part));
    (summary(&sum), sum.live())
}

proptest! {
    // A case holds up to 54 histograms.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn shards_add_up_in_any_order_and_grouping(
        a in any_shard(), b in any_shard(), c in any_shard(),
    ) {
        let forward = sum(&[&a, &b, &c]);
        prop_assert_eq!(&forward, &sum(&[&c, &a, &b]));
        let (mut grouped, mut tail) = (a.clone(), b.clone());
        tail.merge(&c);
        grouped.merge(&tail);
        prop_assert_eq!(&forward.0, &summary(&grouped));
        prop_assert_eq!(&forward.1, &grouped.live());
    }

    #[test]
    fn two_shards_count_what_one_would(samples in prop::collection::vec(any_sample(), 1..80)) {
        let (mut one, mut halves) = (Measures::new(), [Measures::new(), Measures::new()]);
        for (number, sample) in samples.iter().enumerate() {
            one.take(sample);
            halves[number % 2].take(sample);
        }
        prop_assert_eq!(&sum(&[&one]), &sum(&[&halves[0], &halves[1]]));
        let whole = summary(&one);
        prop_assert_eq!(whole.totals.exchanges, samples.len() as u64);
        let failed = samples.iter().filter(|sample| sample.failure.is_some()).count() as u64;
        prop_assert_eq!(whole.failures.values().sum::<u64>(), failed);
        let course = |of: fn(&muster_journal::load::CoursePoint) -> u64| {
            whole.course.iter().map(of).sum::<u64>()
        };
        prop_assert_eq!(course(|point| point.exchanges), samples.len() as u64);
        prop_assert_eq!(course(|point| point.failed), failed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn percentiles_are_never_below_the_truth_and_little_above_it(
        latencies in prop::collection::vec((0_u32..31, any::<u32>()), 1..2_000),
    ) {
        let spread = latencies.into_iter().map(|(bits, any)| u64::from(any % (1 << bits)));
        let mut latencies: Vec<u64> = spread.collect();
        let mut measures = Measures::new();
        latencies.iter().for_each(|latency| measures.take(&sample(StepKind::Poll, *latency)));
        latencies.sort_unstable();
        let truth = |quantile: f64| {
            let rank = (quantile * latencies.len() as f64).ceil().max(1.0) as usize;
            latencies[rank - 1]
        };
        let corrected = row(&summary(&measures), "all").corrected;
        let Percentiles { p50, p90, p95, p99, p999, .. } = corrected;
        let live = measures.live();
        let quantiles = [0.5, 0.9, 0.95, 0.99, 0.999];
        let shown = live.quantiles_us(quantiles).expect("something was measured");
        let found = [p50, p90, p95, p99, p999];
        for (at, quantile) in quantiles.into_iter().enumerate() {
            let (truth, found, shown) = (truth(quantile), found[at], shown[at]);
            let by = |part: u64| truth..=truth + truth / part;
            prop_assert!(by(1_000).contains(&found), "{quantile}: {found} for {truth}");
            prop_assert!(by(8).contains(&shown), "{quantile}: {shown} for {truth}");
        }
    }
}
