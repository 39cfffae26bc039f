//! What saturates a generator, and what only looks as if it did.

use muster_journal::load::{Percentiles, StepLatency};

use super::super::ShardProbe;
use super::*;

/// A run at a constant rate with time to spare.
fn well() -> (GeneratorHealth, SaturationInput) {
    let health = GeneratorHealth {
        scheduler_lag_p99_us: 900,
        scheduler_lag_max_us: 12_000,
        cpu_per_shard: vec![41.0, 39.5],
        fds_peak: 700,
        fds_max: 20_000,
        source_addresses: 1,
        ports_per_address: 28_232,
        ..GeneratorHealth::default()
    };
    let input = SaturationInput {
        paced_intended: 50_000,
        corrected_p99_us: 20_000,
        blocked_p99_us: 3_000,
        lag_samples: 90_000,
        waited_per_shard: vec![2.0, 1.0],
        ..SaturationInput::default()
    };
    (health, input)
}

fn reasons(change: impl FnOnce(&mut GeneratorHealth, &mut SaturationInput)) -> Vec<String> {
    let (mut health, mut input) = well();
    change(&mut health, &mut input);
    saturation(&health, &input)
}

fn valid(change: impl FnOnce(&mut GeneratorHealth, &mut SaturationInput)) {
    assert_eq!(reasons(change), [""; 0]);
}

/// The one reason there is.
fn reason(change: impl FnOnce(&mut GeneratorHealth, &mut SaturationInput)) -> String {
    let mut reasons = reasons(change);
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    reasons.remove(0)
}

#[test]
fn a_run_with_time_to_spare_is_valid() {
    valid(|_, _| {});
}

#[test]
fn a_frozen_server_is_not_the_generators_fault() {
    valid(|_, input| {
        input.corrected_p99_us = 5_900_000;
        input.blocked_p99_us = 5_800_000;
        input.paced_dropped = 2_800;
    });
}

#[test]
fn a_burst_after_a_thaw_is_small_beside_the_latency_it_follows() {
    valid(|health, input| {
        health.scheduler_lag_p99_us = 120_000;
        health.scheduler_lag_max_us = 300_000;
        input.corrected_p99_us = 5_900_000;
    });
}

#[test]
fn a_connection_budget_that_a_slow_server_fills_is_no_exhaustion() {
    valid(|health, input| {
        health.fds_peak = 19_990;
        input.blocked_p99_us = 30_000_000;
        input.corrected_p99_us = 60_000_000;
    });
}

#[test]
fn a_closed_loop_that_uses_all_its_cpu_measures_its_own_maximum() {
    valid(|health, input| {
        health.cpu_per_shard = vec![99.8, 99.7];
        health.scheduler_lag_p99_us = 400_000;
        input.paced_intended = 0;
        input.corrected_p99_us = 500_000;
        input.blocked_p99_us = 400_000;
    });
}

#[test]
fn a_closed_loop_may_be_late_by_its_own_batches() {
    let lateness = |health: &mut GeneratorHealth, input: &mut SaturationInput| {
        health.scheduler_lag_p99_us = 80_000;
        input.paced_intended = 0;
        input.corrected_p99_us = 300_000;
    };
    valid(|health, input| {
        lateness(health, input);
        health.cpu_per_shard = vec![84.0, 30.0];
    });
    valid(|health, input| {
        lateness(health, input);
        health.cpu_per_shard.clear();
    });
}

#[test]
fn a_closed_loop_that_is_late_with_cpu_to_spare_ran_on_a_machine_that_stood_still() {
    let text = reason(|health, input| {
        health.scheduler_lag_p99_us = 400_000;
        health.scheduler_lag_max_us = 2_000_000;
        input.paced_intended = 0;
        input.corrected_p99_us = 500_000;
    });
    assert_eq!(
        text,
        "due work was taken up 400 ms late at p99 and 2,000 ms at most (allowed: 50 ms or 10 % of \
         the p99 latency, which is 500 ms), so latencies are the generator's own; keep other work \
         off this machine, or move the fleet to one that is not shared."
    );
}

#[test]
fn lateness_counts_over_fifty_milliseconds_and_a_tenth_of_the_latency() {
    let late = |lag, latency, samples| {
        reasons(|health, input| {
            health.scheduler_lag_p99_us = lag;
            input.corrected_p99_us = latency;
            input.lag_samples = samples;
        })
        .len()
    };
    assert_eq!(late(50_000, 60_000, 1_000), 0);
    assert_eq!(late(50_001, 60_000, 1_000), 1);
    assert_eq!(late(60_000, 600_000, 1_000), 0);
    assert_eq!(late(60_001, 600_000, 1_000), 1);
    assert_eq!(late(60_001, 600_000, 999), 0);
}

#[test]
fn a_busy_shard_that_keeps_up_is_valid() {
    valid(|health, input| {
        health.cpu_per_shard = vec![40.0, 99.0];
        input.blocked_p99_us = 50_000;
        input.corrected_p99_us = 60_000;
    });
    valid(|health, input| {
        health.cpu_per_shard = vec![40.0, 99.0];
        input.blocked_p99_us = 90_000;
        input.corrected_p99_us = 1_000_000;
    });
}

#[test]
fn a_shard_without_time_that_drops_arrivals_is_saturated() {
    let text = reason(|health, input| {
        health.cpu_per_shard = vec![40.0, 98.6];
        input.waited_per_shard = vec![0.0, 0.4];
        input.paced_dropped = 25;
    });
    assert_eq!(
        text,
        "shard 1 was busy 99 % of the run (allowed: under 97 %), and 25 of 50,000 arrivals (0.05 %) \
         were dropped; lower the rate or give the fleet more cores."
    );
    valid(|health, input| {
        health.cpu_per_shard = vec![40.0, 94.0];
        input.paced_dropped = 25;
    });
}

#[test]
fn a_shard_without_a_core_is_out_of_time_as_well() {
    let text = reason(|health, input| {
        health.cpu_per_shard = vec![40.0, 39.0];
        input.waited_per_shard = vec![58.0, 1.0];
        input.blocked_p99_us = 800_000;
        input.corrected_p99_us = 900_000;
    });
    assert_eq!(
        text,
        "shard 0 was busy 98 % of the run, 58 % of it without a core (allowed: under 97 %), and \
         exchanges waited 800 ms before the send at p99; keep other work, such as an embedded \
         server, off its cores, or lower the rate."
    );
}

#[test]
fn one_exchange_without_a_socket_is_enough() {
    let text = reason(|_, input| input.fds_exhausted = 1);
    assert!(
        text.starts_with("1 exchange found no free file descriptor (700 open at most, limit 2")
    );
    assert!(text.contains("--in-flight"), "{text}");
    let text = reason(|_, input| input.ports_exhausted = 12);
    assert!(
        text.contains("12 exchanges found no free local port (source addresses: 1, with 28,2"),
        "{text}"
    );
    assert!(text.contains("--source"), "{text}");
}

#[test]
fn a_system_that_tells_nothing_is_not_accused() {
    valid(|health, input| {
        *health = GeneratorHealth::default();
        input.waited_per_shard.clear();
        input.paced_dropped = 9;
    });
}

#[test]
fn only_closed_loops_and_storms_set_their_own_pace() {
    let rate = Arrivals::Rate { per_s: 1.0, poisson: true };
    assert!(is_paced(&rate) && is_paced(&Arrivals::Spread { over_ms: 1 }));
    assert!(!is_paced(&Arrivals::Storm));
    assert!(!is_paced(&Arrivals::Concurrency { journeys: 1, think_ms: 0 }));
}

#[test]
fn the_input_is_taken_from_the_summary_and_the_shards() {
    let group = |group: &str, intended, dropped| GroupArrivals {
        group: group.to_owned(),
        intended,
        dropped,
        ..GroupArrivals::default()
    };
    let percentiles = |p99| Percentiles { p99, ..Percentiles::default() };
    let summary = LoadSummary {
        groups: vec![group("paced", 100, 3), group("loop", 900, 50)],
        steps: vec![StepLatency {
            step: "all".to_owned(),
            corrected: percentiles(7),
            blocked: percentiles(5),
            ..StepLatency::default()
        }],
        ..LoadSummary::default()
    };
    let mut probe = ShardProbe::start();
    probe.lag(1);
    let shards = [probe.health(), ShardHealth::default()];
    let input = SaturationInput::measured(&summary, &shards, |name| name == "paced");
    assert_eq!((input.paced_intended, input.paced_dropped), (100, 3));
    assert_eq!((input.corrected_p99_us, input.blocked_p99_us, input.lag_samples), (7, 5, 1));
    assert!(input.waited_per_shard.len() <= 1);
}
