//! The timer wheel beside a binary heap and an ordered set: a day of 8-hour timers set and run
//! down in order of time, and deadlines that are moved far more often than they come.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use muster_fleet::timer_wheel::TimerWheel;

const NUMBERS: [u32; 2] = [50_000, 1_000_000];

const EIGHT_HOURS_MS: u64 = 8 * 3_600_000;

/// 2027-01-15T08:00:00Z.
const START_MS: u64 = 1_800_000_000_000;

/// Spread over the period without a pattern.
fn phase(number: u32) -> u64 {
    u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15) % EIGHT_HOURS_MS
}

fn run_down(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("timers_set_and_run_down");
    group.sample_size(10);
    for numbers in NUMBERS {
        group.throughput(Throughput::Elements(u64::from(numbers)));
        group.bench_function(BenchmarkId::new("wheel", numbers), |bencher| {
            let mut due = Vec::new();
            bencher.iter(|| {
                let mut wheel = TimerWheel::new(numbers, START_MS);
                (0..numbers).for_each(|number| wheel.set(number, START_MS + phase(number)));
                while let Some(next_ms) = wheel.next_due() {
                    due.clear();
                    wheel.advance(next_ms, &mut due);
                    black_box(&due);
                }
            });
        });
        group.bench_function(BenchmarkId::new("binary_heap", numbers), |bencher| {
            bencher.iter(|| {
                let mut heap = BinaryHeap::with_capacity(numbers as usize);
                (0..numbers).for_each(|one| heap.push(Reverse((START_MS + phase(one), one))));
                while let Some(next) = heap.pop() {
                    black_box(next);
                }
            });
        });
        group.bench_function(BenchmarkId::new("ordered_set", numbers), |bencher| {
            bencher.iter(|| {
                let mut set = BTreeSet::new();
                (0..numbers).for_each(|one| {
                    set.insert((START_MS + phase(one), one));
                });
                while let Some(next) = set.pop_first() {
                    black_box(next);
                }
            });
        });
    }
    group.finish();
}

/// Every number in turn gets a deadline half a minute ahead, long before the last one came; time
/// goes on by a millisecond for 50 of them. A heap cannot move what it holds and stays out.
fn moved(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("timers_moved");
    group.sample_size(10);
    let deadline = |moves: u64| START_MS + 30_000 + moves / 50;
    for numbers in NUMBERS {
        group.throughput(Throughput::Elements(u64::from(numbers)));
        group.bench_function(BenchmarkId::new("wheel", numbers), |bencher| {
            let mut wheel = TimerWheel::new(numbers, START_MS);
            let (mut due, mut moves) = (Vec::new(), 0);
            bencher.iter(|| {
                for number in 0..numbers {
                    wheel.set(number, deadline(moves));
                    moves += 1;
                    if moves.is_multiple_of(50) {
                        black_box(wheel.next_wake());
                        wheel.advance(START_MS + moves / 50, &mut due);
                    }
                }
                due.clear();
            });
        });
        group.bench_function(BenchmarkId::new("ordered_set", numbers), |bencher| {
            let mut set = BTreeSet::new();
            let (mut held, mut moves) = (vec![0; numbers as usize], 0);
            bencher.iter(|| {
                for number in 0..numbers {
                    set.remove(&(held[number as usize], number));
                    held[number as usize] = deadline(moves);
                    set.insert((held[number as usize], number));
                    moves += 1;
                    if moves.is_multiple_of(50) {
                        let now_ms = START_MS + moves / 50;
                        while set.first().is_some_and(|(due_ms, _)| *due_ms <= now_ms) {
                            black_box(set.pop_first());
                        }
                    }
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, run_down, moved);
criterion_main!(benches);
