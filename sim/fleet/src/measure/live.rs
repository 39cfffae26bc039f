//! Figures while the run goes on: small enough to send several times a second, and addable.

use super::log_counts::LogCounts;
use super::{StepKind, Totals};

/// Figures of one shard, or of several added up, since the last ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Counts since the run began.
    pub totals: Totals,
    /// Exchanges under way.
    pub in_flight: u64,
    /// Exchanges that ended since the last figures.
    pub exchanges: u64,
    /// Of those, failed.
    pub failed: u64,
    /// Corrected latencies since the last figures; kinds without any are left out.
    pub(super) latencies: Vec<(StepKind, LogCounts)>,
}

impl Live {
    /// Adds another shard's figures.
    pub fn merge(&mut self, other: &Self) {
        self.totals.merge(&other.totals);
        self.in_flight += other.in_flight;
        self.add_interval(other);
    }

    fn add_interval(&mut self, other: &Self) {
        self.exchanges += other.exchanges;
        self.failed += other.failed;
        for (kind, counts) in &other.latencies {
            match self.latencies.binary_search_by_key(kind, |(kind, _)| *kind) {
                Ok(at) => self.latencies[at].1.merge(counts),
                Err(at) => self.latencies.insert(at, (*kind, counts.clone())),
            }
        }
    }

    /// Latencies since the last figures.
    pub fn measured(&self) -> u64 {
        self.latencies.iter().map(|(_, counts)| counts.count()).sum()
    }

    /// Corrected latency since the last figures, over all kinds of steps: the values at these
    /// quantiles in microseconds, at most an eighth too high, never too low; `None` without any.
    pub fn quantiles_us<const N: usize>(&self, quantiles: [f64; N]) -> Option<[u64; N]> {
        let mut all = LogCounts::default();
        self.latencies.iter().for_each(|(_, counts)| all.merge(counts));
        (all.count() > 0).then(|| quantiles.map(|quantile| all.quantile(quantile)))
    }

    /// The median of the corrected latency since the last figures, microseconds; `None` without
    /// any.
    pub fn p50_us(&self) -> Option<u64> {
        self.quantiles_us([0.5]).map(|[p50]| p50)
    }

    /// The 99th percentile of the corrected latency since the last figures, microseconds; `None`
    /// without any.
    pub fn p99_us(&self) -> Option<u64> {
        self.quantiles_us([0.99]).map(|[p99]| p99)
    }
}

/// What the shards have sent so far, for a display that reads at its own pace.
#[derive(Clone, Debug, Default)]
pub struct LiveTotals {
    /// The last totals and in-flight count of each shard.
    shards: Vec<(Totals, u64)>,
    /// Since the run began.
    latencies: [CumulativeLatency; StepKind::COUNT],
    /// Since the display read.
    unread: Live,
}

/// Corrected latencies of one kind of step since the run began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CumulativeLatency {
    pub(super) count: u64,
    pub(super) sum_us: u64,
    /// Latencies below 2, 4, 8 … microseconds.
    pub(super) below: [u64; u32::BITS as usize],
}

impl LiveTotals {
    /// Nothing from any shard.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in what a shard sent; every figure it sent must be given, once.
    pub fn take(&mut self, shard: usize, live: &Live) {
        if self.shards.len() <= shard {
            self.shards.resize_with(shard + 1, Default::default);
        }
        self.shards[shard] = (live.totals.clone(), live.in_flight);
        for (kind, counts) in &live.latencies {
            let latency = &mut self.latencies[*kind as usize];
            latency.count += counts.count();
            latency.sum_us = latency.sum_us.saturating_add(counts.sum_us());
            let below = latency.below.iter_mut().zip(counts.by_doubling());
            below.for_each(|(below, count)| *below += count);
        }
        self.unread.add_interval(live);
    }

    /// All shards' figures since the last call.
    pub fn read(&mut self) -> Live {
        let unread = std::mem::take(&mut self.unread);
        Live { totals: self.totals(), in_flight: self.in_flight(), ..unread }
    }

    /// Counts of all shards since the run began.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        self.shards.iter().for_each(|(one, _)| totals.merge(one));
        totals
    }

    /// Exchanges under way in all shards.
    pub fn in_flight(&self) -> u64 {
        self.shards.iter().map(|(_, in_flight)| in_flight).sum()
    }

    pub(super) fn latencies(&self) -> impl Iterator<Item = (StepKind, &CumulativeLatency)> {
        StepKind::ALL.into_iter().zip(&self.latencies)
    }
}
