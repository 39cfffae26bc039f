//! What measuring costs: one exchange taken, the live figures of a shard, two shards added up, and
//! the summary at the end.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use muster_fleet::measure::{ConnectionUse, Gauges, LiveTotals, Measures, Sample, StepKind};
use muster_journal::LoadSummary;

const SAMPLES: u64 = 100_000;

/// Half a minute of three kinds of steps; latencies from 0.2 ms to 50 ms without a pattern.
fn samples() -> Vec<Sample> {
    let sample = |number: u64| {
        let chance = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let intended_us = number * 300;
        Sample {
            step: [StepKind::Trust, StepKind::ReportUsage, StepKind::Poll][(number % 3) as usize],
            intended_us,
            sent_us: intended_us + chance % 60,
            ended_us: intended_us + 200 + chance % (1 << (8 + number % 8)),
            failure: None,
            measured: true,
            bytes_sent: 2_400,
            bytes_received: 700,
            connection: ConnectionUse::Reused,
            is_retry: false,
        }
    };
    (0..SAMPLES).map(sample).collect()
}

fn taken(samples: &[Sample]) -> Measures {
    let mut measures = Measures::new();
    samples.iter().for_each(|sample| measures.take(sample));
    measures
}

fn measuring(criterion: &mut Criterion) {
    let samples = samples();
    let mut group = criterion.benchmark_group("measure");
    group.throughput(Throughput::Elements(SAMPLES));
    group.bench_function("take_100000", |bencher| {
        let mut measures = Measures::new();
        bencher.iter(|| samples.iter().for_each(|sample| measures.take(black_box(sample))));
    });
    group.finish();
    let mut group = criterion.benchmark_group("measure_shown");
    group.bench_function("live", |bencher| {
        let mut measures = taken(&samples);
        bencher.iter(|| {
            samples[..3].iter().for_each(|sample| measures.take(sample));
            let live = measures.live();
            black_box(live.quantiles_us([0.5, 0.99]));
        });
    });
    group.bench_function("merge", |bencher| {
        let (one, other) = (taken(&samples), taken(&samples));
        let merge = |mut one: Measures| {
            one.merge(&other);
            one
        };
        bencher.iter_batched(|| one.clone(), merge, BatchSize::SmallInput);
    });
    group.bench_function("fill", |bencher| {
        let measures = taken(&samples);
        bencher.iter(|| {
            let mut summary = LoadSummary::default();
            measures.fill(&mut summary);
            summary
        });
    });
    group.bench_function("prometheus", |bencher| {
        let mut totals = LiveTotals::new();
        totals.take(0, &taken(&samples).live());
        bencher.iter(|| muster_fleet::measure::prometheus(&totals, &Gauges::default()));
    });
    group.finish();
}

criterion_group!(benches, measuring);
criterion_main!(benches);
