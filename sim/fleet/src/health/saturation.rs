//! Whether the generator was the bottleneck, so that the result says nothing about the server.

use muster_journal::load::{GeneratorHealth, GroupArrivals, LoadSummary};
use muster_scenarios::model::Arrivals;

use super::ShardHealth;
use crate::gate::grouped;

/// Lateness below this never spoils a result, microseconds. On a healthy virtual machine the
/// hypervisor was seen to take up to 14 ms at a time; this is more than three times that.
const LAG_US_MIN: u64 = 50_000;
/// Part of the 99th percentile of latency that lateness, or waiting before the send, may make up,
/// percent: with less, the percentile is right to within a tenth whoever is to blame.
const PART_PERCENT_MAX: f64 = 10.0;
/// Due moments that must have been seen before their 99th percentile is believed; a gate on a
/// p99 needs as many.
const LAG_SAMPLES_MIN: u64 = 1_000;
/// CPU time and waiting for a core, percent of the run, from which a shard had no time left. The
/// remaining three percent are what start and end of a run leave idle.
const BUSY_PERCENT_MAX: f64 = 97.0;
/// Busy less than this, a shard cannot have been late because of its own batches: answers to a
/// closed loop of thousands arrive in bursts that take it tens of milliseconds to work off.
const HALF_IDLE_PERCENT: f64 = 50.0;

/// What [`saturation`] looks at beside the health itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaturationInput {
    /// Arrivals that were to begin at moments of their own; see [`is_paced`].
    pub paced_intended: u64,
    /// Of those, arrivals for which no instance was free.
    pub paced_dropped: u64,
    /// 99th percentile from intended start to answer over all steps, microseconds.
    pub corrected_p99_us: u64,
    /// 99th percentile from intended start to the first byte sent, microseconds.
    pub blocked_p99_us: u64,
    /// Due moments whose lateness was taken down.
    pub lag_samples: u64,
    /// Time each shard could have run but had no core, percent of the run, in the order of
    /// [`GeneratorHealth::cpu_per_shard`]; empty where the system does not say.
    pub waited_per_shard: Vec<f64>,
    /// Exchanges that could not open a socket for want of a descriptor (`EMFILE`, `ENFILE`).
    pub fds_exhausted: u64,
    /// Exchanges that could not connect for want of a local port (`EADDRNOTAVAIL`).
    pub ports_exhausted: u64,
}

impl SaturationInput {
    /// Takes what it can from a summary and the shards; the two counts of exhausted resources are
    /// the transport's. `paced` tells for each group's name whether its arrivals are paced.
    pub fn measured(
        summary: &LoadSummary,
        shards: &[ShardHealth],
        paced: impl Fn(&str) -> bool,
    ) -> Self {
        let groups = || summary.groups.iter().filter(|group| paced(&group.group));
        let sum = |count: fn(&GroupArrivals) -> u64| groups().map(count).sum();
        let all = summary.steps.iter().find(|row| row.step == "all");
        Self {
            paced_intended: sum(|group| group.intended),
            paced_dropped: sum(|group| group.dropped),
            corrected_p99_us: all.map_or(0, |row| row.corrected.p99),
            blocked_p99_us: all.map_or(0, |row| row.blocked.p99),
            lag_samples: shards.iter().map(ShardHealth::lag_samples).sum(),
            waited_per_shard: shards.iter().filter_map(ShardHealth::waited_percent).collect(),
            fds_exhausted: 0,
            ports_exhausted: 0,
        }
    }
}

/// Whether journeys begin at moments that do not depend on how fast the generator is. A closed
/// loop begins the next journey when one ends, and a storm begins all of them at once: both go as
/// fast as they can, and a generator that gives them all its time does what it was asked.
pub fn is_paced(arrivals: &Arrivals) -> bool {
    match arrivals {
        Arrivals::Spread { .. }
        | Arrivals::Rate { .. }
        | Arrivals::Ramp { .. }
        | Arrivals::Stairs { .. }
        | Arrivals::Spike { .. } => true,
        Arrivals::Storm | Arrivals::Concurrency { .. } => false,
    }
}

/// Why the result is invalid; empty when the generator was not the bottleneck. Three rules:
///
/// 1. **Out of sockets**: an exchange failed or waited because this machine had no descriptor or
///    no local port for it. One is enough: it would be counted against the server. Waiting for
///    the fleet's own connection budget is not this: a server that stops answering fills any
///    budget.
/// 2. **Late**: the p99 of lateness is over 50 ms and over a tenth of the p99 of corrected
///    latency, from at least 1,000 due moments. In a run without paced arrivals this counts only
///    if every shard was idle for more than half of it: then it was the machine that stood still.
///    A frozen server makes nobody late, because waiting costs the generator no time.
/// 3. **Out of time**: a shard ran, or waited for a core, for 97 % of the run or more, and paced
///    arrivals were dropped, or waited before the send for more than 50 ms and more than a tenth
///    of the latency (both p99). A run without paced arrivals that uses all its CPU is not
///    invalid: it measures its own maximum.
///
/// A slow server alone meets none of them: arrivals are dropped and exchanges wait, but the shards
/// are idle meanwhile and on time.
pub fn saturation(health: &GeneratorHealth, input: &SaturationInput) -> Vec<String> {
    let busiest = busiest(health, input);
    [
        out_of_descriptors(health, input),
        out_of_ports(health, input),
        late(health, input, busiest.as_ref()),
        out_of_time(input, busiest.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The shard with the least time to spare.
struct Busiest {
    number: usize,
    cpu_percent: f64,
    waited_percent: f64,
}

impl Busiest {
    fn percent(&self) -> f64 {
        self.cpu_percent + self.waited_percent
    }
}

fn busiest(health: &GeneratorHealth, input: &SaturationInput) -> Option<Busiest> {
    let waited = input.waited_per_shard.iter().copied().chain(std::iter::repeat(0.0));
    let shards = health.cpu_per_shard.iter().zip(waited).enumerate();
    shards
        .map(|(number, (&cpu_percent, waited_percent))| Busiest {
            number,
            cpu_percent,
            waited_percent,
        })
        .max_by(|a, b| a.percent().total_cmp(&b.percent()))
}

fn out_of_descriptors(health: &GeneratorHealth, input: &SaturationInput) -> Option<String> {
    (input.fds_exhausted > 0).then(|| {
        format!(
            "{} found no free file descriptor ({} open at most, limit {}; not one may fail so); \
             lower --in-flight or raise the hard limit (ulimit -Hn).",
            exchanges(input.fds_exhausted),
            grouped(health.fds_peak),
            grouped(health.fds_max),
        )
    })
}

fn out_of_ports(health: &GeneratorHealth, input: &SaturationInput) -> Option<String> {
    (input.ports_exhausted > 0).then(|| {
        format!(
            "{} found no free local port (source addresses: {}, with {} ports each; not one may \
             fail so); add source addresses with --source or lower --in-flight.",
            exchanges(input.ports_exhausted),
            health.source_addresses.max(1),
            grouped(health.ports_per_address.into()),
        )
    })
}

fn late(
    health: &GeneratorHealth,
    input: &SaturationInput,
    busiest: Option<&Busiest>,
) -> Option<String> {
    let lag = health.scheduler_lag_p99_us;
    // Where the system does not tell CPU time nobody can say whose fault it was.
    let may_be_own_batches = input.paced_intended == 0
        && busiest.is_none_or(|shard| shard.percent() >= HALF_IDLE_PERCENT);
    if may_be_own_batches
        || input.lag_samples < LAG_SAMPLES_MIN
        || !is_large_part(lag, input.corrected_p99_us)
    {
        return None;
    }
    let remedy = if busiest.is_some_and(|shard| shard.percent() >= HALF_IDLE_PERCENT) {
        "lower the rate or give the fleet more cores"
    } else {
        "keep other work off this machine, or move the fleet to one that is not shared"
    };
    Some(format!(
        "due work was taken up {} late at p99 and {} at most (allowed: {} or {PART_PERCENT_MAX} % \
         of the p99 latency, which is {}), so latencies are the generator's own; {remedy}.",
        millis(lag),
        millis(health.scheduler_lag_max_us),
        millis(LAG_US_MIN),
        millis(input.corrected_p99_us),
    ))
}

fn out_of_time(input: &SaturationInput, busiest: Option<&Busiest>) -> Option<String> {
    let shard = busiest.filter(|shard| shard.percent() >= BUSY_PERCENT_MAX)?;
    if input.paced_intended == 0 {
        return None;
    }
    let effect = if input.paced_dropped > 0 {
        let share = input.paced_dropped as f64 * 100.0 / input.paced_intended as f64;
        format!(
            "{} of {} arrivals ({share:.2} %) were dropped",
            grouped(input.paced_dropped),
            grouped(input.paced_intended)
        )
    } else if is_large_part(input.blocked_p99_us, input.corrected_p99_us) {
        format!("exchanges waited {} before the send at p99", millis(input.blocked_p99_us))
    } else {
        return None;
    };
    let waited = if shard.waited_percent >= 1.0 {
        format!(", {:.0} % of it without a core", shard.waited_percent)
    } else {
        String::new()
    };
    let remedy = if shard.waited_percent > shard.cpu_percent {
        "keep other work, such as an embedded server, off its cores, or lower the rate"
    } else {
        "lower the rate or give the fleet more cores"
    };
    Some(format!(
        "shard {} was busy {:.0} % of the run{waited} (allowed: under {BUSY_PERCENT_MAX} %), and \
         {effect}; {remedy}.",
        shard.number,
        shard.percent(),
    ))
}

/// Whether a delay is long in itself and a large part of the latency.
fn is_large_part(delay_us: u64, latency_us: u64) -> bool {
    delay_us > LAG_US_MIN && delay_us as f64 * 100.0 > latency_us as f64 * PART_PERCENT_MAX
}

fn exchanges(count: u64) -> String {
    if count == 1 { "1 exchange".to_owned() } else { format!("{} exchanges", grouped(count)) }
}

fn millis(us: u64) -> String {
    if us >= 10_000_000 {
        return format!("{:.1} s", us as f64 / 1e6);
    }
    format!("{} ms", grouped(us.div_ceil(1_000)))
}

#[cfg(test)]
mod tests;
