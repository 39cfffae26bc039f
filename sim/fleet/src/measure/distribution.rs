//! A distribution of latencies over a whole run: HdrHistogram to three digits, with the exact
//! smallest, largest and mean beside it.

use hdrhistogram::Histogram;
use muster_journal::load::Percentiles;

/// Percentiles are within 0.1 %.
const DIGITS: u8 = 3;
/// The histogram begins with room up to here; more is made when it is needed, once or twice a run.
const ROOM_US: u64 = 2_000_000;
/// Longer than any deadline of an exchange. Percentiles count more as this much, which bounds the
/// memory; the largest is still exact.
const LATENCY_US_MAX: u64 = 3_600_000_000;

#[derive(Clone, Debug)]
pub(super) struct Distribution {
    counts: Histogram<u64>,
    min_us: u64,
    max_us: u64,
    sum_us: u64,
}

impl Default for Distribution {
    fn default() -> Self {
        let counts = Histogram::new_with_bounds(1, ROOM_US, DIGITS);
        let mut counts = counts.expect("bounds in order and at most five digits");
        counts.auto(true);
        Self { counts, min_us: u64::MAX, max_us: 0, sum_us: 0 }
    }
}

impl Distribution {
    pub(super) fn take(&mut self, latency_us: u64) {
        let taken = self.counts.record(latency_us.min(LATENCY_US_MAX));
        taken.expect("a histogram that grows takes an hour");
        self.min_us = self.min_us.min(latency_us);
        self.max_us = self.max_us.max(latency_us);
        self.sum_us = self.sum_us.saturating_add(latency_us);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.counts.add(&other.counts).expect("a histogram that grows takes an hour");
        self.min_us = self.min_us.min(other.min_us);
        self.max_us = self.max_us.max(other.max_us);
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
    }

    pub(super) fn count(&self) -> u64 {
        self.counts.len()
    }

    /// A percentile is the highest value of its bucket, never below the truth, and never above the
    /// largest latency. Zeros when nothing was taken.
    pub(super) fn percentiles(&self) -> Percentiles {
        if self.counts.is_empty() {
            return Percentiles::default();
        }
        let mut found = self.counts.value_at_quantiles([0.5, 0.9, 0.95, 0.99, 0.999]);
        let mut next = || found.next().unwrap_or(0).min(self.max_us);
        Percentiles {
            min: self.min_us,
            mean: self.sum_us as f64 / self.counts.len() as f64,
            p50: next(),
            p90: next(),
            p95: next(),
            p99: next(),
            p999: next(),
            max: self.max_us,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_is_bounded_whatever_is_taken() {
        let bytes = |distribution: &Distribution| distribution.counts.distinct_values() * 8;
        let mut distribution = Distribution::default();
        distribution.take(ROOM_US);
        assert!(bytes(&distribution) <= 100_000, "{}", bytes(&distribution));
        distribution.take(u64::MAX);
        assert!(bytes(&distribution) <= 190_000, "{}", bytes(&distribution));
    }
}
