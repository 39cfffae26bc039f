//! Counts, times, ends and shards of every arrival model.

use proptest::prelude::*;

use super::*;

const S: u64 = 1_000_000;

fn once(instances: u64) -> GroupSize {
    GroupSize { instances, for_ms: None }
}

fn for_ms(ms: u64) -> GroupSize {
    GroupSize { instances: 1_000, for_ms: Some(ms) }
}

fn whole(arrivals: &Arrivals, group: GroupSize) -> Schedule {
    Schedule::new(arrivals, group, 1, 0, 1)
}

fn starts(arrivals: &Arrivals, group: GroupSize) -> Vec<u64> {
    whole(arrivals, group).collect()
}

const fn rate(per_s: f64) -> Arrivals {
    Arrivals::Rate { per_s, poisson: false }
}

const fn ramp(from_per_s: f64, to_per_s: f64, over_ms: u64) -> Arrivals {
    Arrivals::Ramp { from_per_s, to_per_s, over_ms, poisson: false }
}

const fn stairs(from_per_s: f64, step_per_s: f64, every_ms: u64, to_per_s: f64) -> Arrivals {
    Arrivals::Stairs { from_per_s, step_per_s, every_ms, to_per_s, poisson: false }
}

const fn spike(base_per_s: f64, peak_per_s: f64, at_ms: u64, for_ms: u64) -> Arrivals {
    Arrivals::Spike { base_per_s, peak_per_s, at_ms, for_ms, poisson: false }
}

fn count(starts: &[u64], from_us: u64, to_us: u64) -> usize {
    starts.iter().filter(|at| (from_us..to_us).contains(*at)).count()
}

#[test]
fn a_spread_is_even_and_ends_with_the_window() {
    assert_eq!(starts(&Arrivals::Spread { over_ms: 1 }, once(4)), [0, 250, 500, 750]);
    // 50,000 over a day: 1.728 s apart, to the microsecond, at the end as at the start.
    let day = starts(&Arrivals::Spread { over_ms: 86_400_000 }, once(50_000));
    assert_eq!(day.len(), 50_000);
    assert!(day.iter().zip(0..).all(|(at, index)| *at == index * 1_728_000));
}

#[test]
fn a_spread_with_a_time_goes_on_at_its_rate() {
    let spread = Arrivals::Spread { over_ms: 10_000 };
    let starts = starts(&spread, for_ms(25_000));
    assert_eq!(starts.len(), 2_500);
    assert_eq!(starts.last(), Some(&(25 * S - 10_000)));
}

#[test]
fn a_storm_is_everyone_at_once_and_once() {
    for group in [once(1_000), for_ms(60_000)] {
        assert_eq!(starts(&Arrivals::Storm, group), [0; 1_000]);
        assert_eq!(starts(&Arrivals::Spread { over_ms: 0 }, group), [0; 1_000]);
    }
}

#[test]
fn a_rate_does_not_drift_in_thirty_days() {
    let month = 30 * 86_400 * S;
    // A third of a second cannot be written in decimals; the last arrival is still in its place.
    let starts: Vec<u64> = starts(&rate(3.0), once(30 * 86_400 * 3 + 1));
    assert_eq!(starts[1..4], [333_333, 666_667, S]);
    assert_eq!(starts.last(), Some(&month));
    assert!(starts.iter().skip(3).step_by(3).all(|at| at % S == 0));
}

#[test]
fn each_second_has_as_many_arrivals_as_the_rate_says() {
    for per_s in [1.0, 7.0, 500.0, 12_345.0] {
        let starts = starts(&rate(per_s), for_ms(3_000));
        let counts = [0, 1, 2].map(|second| count(&starts, second * S, (second + 1) * S));
        assert_eq!(counts, [per_s as usize; 3], "{per_s}/s");
    }
    assert_eq!(starts(&rate(0.1), for_ms(60_000)).len(), 6);
}

#[test]
fn a_ramp_has_the_arrivals_of_its_integral() {
    let up = starts(&ramp(0.0, 500.0, 60_000), for_ms(120_000));
    assert_eq!(count(&up, 0, 60 * S), 15_000);
    assert_eq!(count(&up, 60 * S, 120 * S), 30_000);
    // Half way the integral is a quarter.
    assert_eq!(count(&up, 0, 30 * S), 3_750);
    // Arrival 1 of a ramp from 0 comes at sqrt(2 / slope).
    assert_eq!(up[1], ((2.0_f64 / (500.0 / 60.0)).sqrt() * 1e6).round() as u64);
    let down = starts(&ramp(500.0, 100.0, 10_000), for_ms(20_000));
    assert_eq!((count(&down, 0, 10 * S), count(&down, 10 * S, 20 * S)), (3_000, 1_000));
    let step = starts(&ramp(5.0, 100.0, 0), for_ms(1_000));
    assert_eq!(step.len(), 100);
}

#[test]
fn stairs_rise_and_stay() {
    let starts = starts(&stairs(100.0, 100.0, 10_000, 250.0), for_ms(40_000));
    let counts = [0, 1, 2, 3].map(|step| count(&starts, step * 10 * S, (step + 1) * 10 * S));
    assert_eq!(counts, [1_000, 2_000, 2_500, 2_500]);
    let thirds = Curve::stairs(0.1, 0.1, 1_000, 0.3);
    assert!(matches!(thirds, Curve::Stairs { last: 2, .. }), "{thirds:?}");
}

#[test]
fn stairs_without_a_way_up_stay_on_the_first_step() {
    for flat in [stairs(50.0, 0.0, 1_000, 90.0), stairs(50.0, 10.0, 1_000, 50.0)] {
        assert_eq!(starts(&flat, for_ms(4_000)).len(), 200);
    }
    assert_eq!(starts(&stairs(50.0, 10.0, 0, 90.0), for_ms(1_000)).len(), 90);
}

#[test]
fn a_spike_stands_where_it_is_put() {
    let starts = starts(&spike(10.0, 1_000.0, 5_000, 2_000), for_ms(10_000));
    assert_eq!(count(&starts, 0, 5 * S), 50);
    assert_eq!(count(&starts, 5 * S, 7 * S), 2_000);
    assert_eq!(count(&starts, 7 * S, 10 * S), 30);
}

#[test]
fn a_spike_over_nothing_is_all_there_is() {
    let mut schedule = whole(&spike(0.0, 100.0, 5_000, 1_000), once(300));
    assert_eq!(schedule.peek(), Some(5 * S));
    assert_eq!(schedule.by_ref().count(), 100);
    assert_eq!(schedule.starved(), 200);
}

#[test]
fn rounding_adds_no_arrival_at_the_end_of_a_stretch() {
    // 0.07 times 100 comes out a hair above 7.
    let starts = starts(&spike(0.07, 0.0, 100_000, 100_000), once(8));
    assert_eq!((starts[6] / S, starts[7]), (85, 200 * S));
}

#[test]
fn a_rate_that_ends_starves_the_rest_on_every_shard() {
    let model = ramp(10.0, 0.0, 10_000);
    let per_shard = (0..3).map(|shard| {
        let mut schedule = Schedule::new(&model, once(100), 1, shard, 3);
        (schedule.by_ref().count(), schedule.starved())
    });
    assert_eq!(per_shard.collect::<Vec<_>>(), [(17, 17), (17, 16), (16, 17)]);
    let mut nothing = whole(&rate(0.0), once(7));
    assert_eq!((nothing.next(), nothing.starved()), (None, 7));
    let mut timed = whole(&rate(0.0), for_ms(7));
    assert_eq!((timed.next(), timed.starved()), (None, 0));
    for odd in [f64::NAN, f64::INFINITY, -1.0] {
        assert_eq!(whole(&rate(odd), once(7)).starved(), 7, "{odd}");
    }
}

#[test]
fn a_time_ends_arrivals_before_it_not_at_it() {
    assert_eq!(starts(&rate(2.0), for_ms(1_000)), [0, 500_000]);
    assert_eq!(starts(&rate(2.0), for_ms(1_001)), [0, 500_000, S]);
    let closed = Arrivals::Concurrency { journeys: 2, think_ms: 0 };
    for nothing in [rate(2.0), Arrivals::Storm, closed] {
        assert_eq!(starts(&nothing, for_ms(0)), [0; 0]);
    }
}

#[test]
fn poisson_gaps_have_the_mean_and_the_variance_of_an_exponential() {
    let model = Arrivals::Rate { per_s: 100.0, poisson: true };
    let starts = starts(&model, once(100_001));
    // The first of the seed's numbers, 0.568, is the way to the first arrival.
    assert_eq!(starts[0], 5_682);
    let gaps: Vec<f64> = starts.windows(2).map(|pair| (pair[1] - pair[0]) as f64 / 1e6).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
    // Four standard errors: 1/sqrt(n) of the mean, sqrt(8/n) of the variance.
    assert!((mean / 0.01 - 1.0).abs() < 0.013, "mean {mean}");
    assert!((variance / 0.0001 - 1.0).abs() < 0.036, "variance {variance}");
}

#[test]
fn poisson_follows_the_rate_and_the_seed() {
    let model = Arrivals::Ramp { from_per_s: 0.0, to_per_s: 500.0, over_ms: 60_000, poisson: true };
    let group = for_ms(60_000);
    let first = starts(&model, group);
    // The number of arrivals of a Poisson process has the root of its mean as standard error.
    assert!(first.len().abs_diff(15_000) < 490, "{}", first.len());
    assert!(count(&first, 0, 30 * S).abs_diff(3_750) < 245);
    assert_eq!(first, starts(&model, group));
    let other: Vec<u64> = Schedule::new(&model, group, 2, 0, 1).collect();
    assert_ne!(first, other);
}

#[test]
fn a_closed_loop_is_filled_with_the_remainder_to_the_first_shards() {
    let split = |journeys, instances, shards| {
        let model = Arrivals::Concurrency { journeys, think_ms: 3 };
        let one = |shard| {
            let mut schedule = Schedule::new(&model, once(instances), 1, shard, shards);
            assert_eq!(schedule.think_ms(), Some(3));
            let starts: Vec<u64> = schedule.by_ref().collect();
            assert!(starts.iter().all(|at| *at == 0));
            (starts.len(), schedule.starved())
        };
        (0..shards).map(one).collect::<Vec<_>>()
    };
    assert_eq!(split(7, 100, 3), [(3, 0), (2, 0), (2, 0)]);
    assert_eq!(split(7, 4, 3), [(2, 0), (1, 0), (1, 0)]);
    // One journey at a time runs in one place; who waits elsewhere waits for ever.
    assert_eq!(split(1, 100, 3), [(1, 0), (0, 33), (0, 33)]);
    assert_eq!(whole(&rate(1.0), once(1)).think_ms(), None);
}

fn any_open_model() -> impl Strategy<Value = Arrivals> {
    let per_s = || prop_oneof![Just(0.0), 0.1_f64..50.0, (1_u32..5_000).prop_map(f64::from)];
    let ms = || 0_u64..20_000;
    let poisson = any::<bool>;
    prop_oneof![
        ms().prop_map(|over_ms| Arrivals::Spread { over_ms }),
        Just(Arrivals::Storm),
        (per_s(), poisson()).prop_map(|(per_s, poisson)| Arrivals::Rate { per_s, poisson }),
        (per_s(), per_s(), ms(), poisson()).prop_map(|(from_per_s, to_per_s, over_ms, poisson)| {
            Arrivals::Ramp { from_per_s, to_per_s, over_ms, poisson }
        }),
        (per_s(), per_s(), ms(), per_s(), poisson()).prop_map(
            |(from_per_s, step_per_s, every_ms, to_per_s, poisson)| Arrivals::Stairs {
                from_per_s,
                step_per_s,
                every_ms,
                to_per_s,
                poisson,
            }
        ),
        (per_s(), per_s(), ms(), ms(), poisson()).prop_map(
            |(base_per_s, peak_per_s, at_ms, for_ms, poisson)| Arrivals::Spike {
                base_per_s,
                peak_per_s,
                at_ms,
                for_ms,
                poisson,
            }
        ),
    ]
}

fn any_group() -> impl Strategy<Value = GroupSize> {
    (0_u64..2_000, prop::option::of(0_u64..5_000))
        .prop_map(|(instances, for_ms)| GroupSize { instances, for_ms })
}

proptest! {
    #[test]
    fn the_shards_together_are_the_whole(
        model in any_open_model(), group in any_group(), seed in any::<u64>(), shards in 1_u32..9,
    ) {
        // Enough to see ends and pieces; a spread of 2,000 in 1 ms for 5 s would be ten million.
        const SEEN: usize = 4_000;
        let whole: Vec<u64> = Schedule::new(&model, group, seed, 0, 1).take(SEEN).collect();
        prop_assert!(whole.is_sorted());
        let mut parts: Vec<Schedule> =
            (0..shards).map(|shard| Schedule::new(&model, group, seed, shard, shards)).collect();
        for (index, at) in whole.iter().enumerate() {
            let part = &mut parts[index % shards as usize];
            prop_assert_eq!(part.peek(), Some(*at));
            prop_assert_eq!(part.next(), Some(*at));
        }
        if whole.len() < SEEN {
            prop_assert!(parts.iter().all(|part| part.peek().is_none()));
            if group.for_ms.is_none() {
                let starved: u64 = parts.iter().map(Schedule::starved).sum();
                prop_assert_eq!(whole.len() as u64 + starved, group.instances);
            }
        }
    }
}
