//! When journeys begin: the scenario's arrival models as a sequence of intended starts. Pure and
//! seeded; every shard derives the whole group's sequence and takes each `shards`-th arrival of it,
//! so that any number of shards gives the same starts.

mod exponential;
mod rate_curve;
mod words;

use muster_scenarios::model::Arrivals;

use exponential::Exponential;
use rate_curve::{Curve, Inverse};

pub use words::describe;

/// How many arrivals a group has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupSize {
    /// Product instances of the group, over all shards.
    pub instances: u64,
    /// How long arrivals go on, milliseconds; `None`: exactly one arrival for each instance.
    pub for_ms: Option<u64>,
}

/// The intended starts of one shard's part of one group, in order, as an iterator: microseconds
/// after the group's start.
///
/// Open models: arrival `k` of the group, counted from 0, comes when the integral of the rate goes
/// past `k`, so that a rate of 500/s starts at 0 and has exactly 500 arrivals in each second.
/// Poisson: past the sum of the first `k + 1` unit-exponential numbers.
///
/// Closed model: only the starts that fill the loop. The journeys at a time are split over the
/// shards, the remainder to the first ones; whoever runs them begins the next when one ends and
/// [`think_ms`](Self::think_ms) have passed. A shard without a journey starves.
#[derive(Clone, Debug)]
pub struct Schedule {
    source: Source,
    share: Share,
    /// Arrivals of the whole group at most.
    arrivals_max: u64,
    until_us: Option<u64>,
    /// Index of the next arrival within the whole group.
    index: u64,
    next_us: Option<u64>,
    starved: u64,
    think_ms: Option<u64>,
}

/// Which part of a group is this shard's.
#[derive(Clone, Copy, Debug)]
struct Share {
    shard: u64,
    shards: u64,
}

impl Share {
    /// How many of the indexes below `count` are this shard's.
    const fn of(self, count: u64) -> u64 {
        count / self.shards + (self.shard < count % self.shards) as u64
    }
}

#[derive(Clone, Debug)]
enum Source {
    AtOnce,
    /// So many arrivals in so many microseconds, again and again.
    Even {
        arrivals: u64,
        over_us: u64,
    },
    Equal(Inverse),
    Poisson {
        inverse: Inverse,
        gaps: Exponential,
        drawn: u64,
        sum: f64,
    },
}

impl Schedule {
    /// The starts of shard `shard`, counted from 0, of `shards`. Only Poisson gaps depend on
    /// `seed`.
    ///
    /// # Panics
    ///
    /// When `shard` is not below `shards`.
    pub fn new(arrivals: &Arrivals, group: GroupSize, seed: u64, shard: u32, shards: u32) -> Self {
        assert!(shard < shards, "a shard's number is below the number of shards");
        let share = Share { shard: u64::from(shard), shards: u64::from(shards) };
        let until_us = group.for_ms.map(|ms| ms.saturating_mul(1_000));
        let mut schedule = Self {
            source: source(arrivals, group.instances, seed),
            share,
            arrivals_max: group.instances,
            until_us,
            index: share.shard,
            next_us: None,
            starved: 0,
            think_ms: None,
        };
        let goes_on = !matches!(schedule.source, Source::AtOnce);
        if let Arrivals::Concurrency { journeys, think_ms } = *arrivals {
            schedule.think_ms = Some(think_ms);
            schedule.arrivals_max = group.instances.min(u64::from(journeys));
            if group.for_ms.is_none() && share.of(u64::from(journeys)) == 0 {
                schedule.starved = share.of(group.instances);
            }
        } else if until_us.is_some() && goes_on {
            schedule.arrivals_max = u64::MAX;
        }
        schedule.look();
        schedule
    }

    /// The next intended start, microseconds after the group's start.
    pub fn peek(&self) -> Option<u64> {
        self.next_us
    }

    /// The pause between the end of a journey and the next start, milliseconds; `None` in an open
    /// model.
    pub fn think_ms(&self) -> Option<u64> {
        self.think_ms
    }

    /// Arrivals of this shard that will never come, because the rate is zero for good or a closed
    /// loop has no journey here. Known once [`peek`](Self::peek) gives `None`; 0 where the time
    /// ends them.
    pub fn starved(&self) -> u64 {
        self.starved
    }

    /// Finds the arrival at `index`.
    fn look(&mut self) {
        self.next_us = None;
        if self.index >= self.arrivals_max {
            return;
        }
        match self.source.arrival(self.index) {
            Some(at_us) => {
                self.next_us = Some(at_us).filter(|at| self.until_us.is_none_or(|end| *at < end));
            }
            None if self.until_us.is_none() => {
                let begun = self.share.of(self.index);
                self.starved = self.share.of(self.arrivals_max) - begun;
            }
            None => {}
        }
    }
}

impl Iterator for Schedule {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let at_us = self.next_us?;
        self.index = self.index.saturating_add(self.share.shards);
        self.look();
        Some(at_us)
    }
}

impl Source {
    /// When the arrival of this index comes, in microseconds; `None`: never. Indexes rise.
    fn arrival(&mut self, index: u64) -> Option<u64> {
        match self {
            Self::AtOnce => Some(0),
            Self::Even { arrivals: 0, .. } => None,
            Self::Even { arrivals, over_us } => {
                let at_us = u128::from(index) * u128::from(*over_us) / u128::from(*arrivals);
                Some(u64::try_from(at_us).unwrap_or(u64::MAX))
            }
            Self::Equal(inverse) => inverse.time_us(index as f64),
            Self::Poisson { inverse, gaps, drawn, sum } => {
                while *drawn <= index {
                    *sum += gaps.draw();
                    *drawn += 1;
                }
                inverse.time_us(*sum)
            }
        }
    }
}

fn source(arrivals: &Arrivals, instances: u64, seed: u64) -> Source {
    let open = |curve, poisson| {
        let inverse = Inverse::new(curve);
        if poisson {
            Source::Poisson { inverse, gaps: Exponential::new(seed), drawn: 0, sum: 0.0 }
        } else {
            Source::Equal(inverse)
        }
    };
    match *arrivals {
        // Within no time there is no rate that could go on.
        Arrivals::Storm | Arrivals::Spread { over_ms: 0 } | Arrivals::Concurrency { .. } => {
            Source::AtOnce
        }
        Arrivals::Spread { over_ms } => {
            Source::Even { arrivals: instances, over_us: over_ms.saturating_mul(1_000) }
        }
        Arrivals::Rate { per_s, poisson } => open(Curve::constant(per_s), poisson),
        Arrivals::Ramp { from_per_s, to_per_s, over_ms, poisson } => {
            open(Curve::ramp(from_per_s, to_per_s, over_ms), poisson)
        }
        Arrivals::Stairs { from_per_s, step_per_s, every_ms, to_per_s, poisson } => {
            open(Curve::stairs(from_per_s, step_per_s, every_ms, to_per_s), poisson)
        }
        Arrivals::Spike { base_per_s, peak_per_s, at_ms, for_ms, poisson } => {
            open(Curve::spike(base_per_s, peak_per_s, at_ms, for_ms), poisson)
        }
    }
}

#[cfg(test)]
mod tests;
