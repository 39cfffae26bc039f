//! A small distribution for slices and intervals: eight buckets for each doubling, so that adding
//! is exact, a kilobyte is enough, and a percentile is at most an eighth too high, never too low.

/// Buckets for each doubling.
const PER_DOUBLING: u32 = 1 << PER_DOUBLING_BITS;
const PER_DOUBLING_BITS: u32 = 3;
/// Up to 2^32 µs, 71 minutes; more counts as that.
const DOUBLINGS: u32 = u32::BITS - PER_DOUBLING_BITS;
const BUCKETS: usize = ((DOUBLINGS + 1) * PER_DOUBLING) as usize;

/// Counts of latencies in microseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LogCounts {
    buckets: [u32; BUCKETS],
    count: u64,
    max_us: u64,
    sum_us: u64,
}

impl Default for LogCounts {
    fn default() -> Self {
        Self { buckets: [0; BUCKETS], count: 0, max_us: 0, sum_us: 0 }
    }
}

impl LogCounts {
    pub(super) fn take(&mut self, latency_us: u64) {
        let bucket = &mut self.buckets[bucket_of(latency_us)];
        *bucket = bucket.saturating_add(1);
        self.count += 1;
        self.max_us = self.max_us.max(latency_us);
        self.sum_us = self.sum_us.saturating_add(latency_us);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (bucket, other) in self.buckets.iter_mut().zip(&other.buckets) {
            *bucket = bucket.saturating_add(*other);
        }
        self.count += other.count;
        self.max_us = self.max_us.max(other.max_us);
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn sum_us(&self) -> u64 {
        self.sum_us
    }

    /// The smallest bucket's end at or below which at least the share `quantile` of all latencies
    /// lies, but not above the largest latency; 0 when there is none.
    pub(super) fn quantile(&self, quantile: f64) -> u64 {
        let rank = (quantile * self.count as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        for (index, count) in self.buckets.iter().enumerate() {
            below += u64::from(*count);
            if below >= rank {
                return last_of(index).min(self.max_us);
            }
        }
        self.max_us
    }

    /// How many latencies are below 2, 4, 8 … microseconds, up to 2^32, where all are.
    pub(super) fn by_doubling(&self) -> [u64; u32::BITS as usize] {
        let below = |doubling: usize| {
            let end = bucket_of(2 << doubling);
            self.buckets[..end].iter().map(|count| u64::from(*count)).sum()
        };
        let mut counts = std::array::from_fn(below);
        counts[u32::BITS as usize - 1] = self.count;
        counts
    }
}

fn bucket_of(latency_us: u64) -> usize {
    let latency_us = u32::try_from(latency_us).unwrap_or(u32::MAX);
    if latency_us < PER_DOUBLING {
        return latency_us as usize;
    }
    let doubling = latency_us.ilog2() - PER_DOUBLING_BITS;
    (doubling * PER_DOUBLING + (latency_us >> doubling)) as usize
}

/// The highest latency of a bucket.
fn last_of(bucket: usize) -> u64 {
    let (bucket, step) = (bucket as u64, u64::from(PER_DOUBLING));
    if bucket < step {
        return bucket;
    }
    let doubling = bucket / step - 1;
    ((bucket % step + step + 1) << doubling) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_latency_is_in_the_bucket_that_ends_next_above_it() {
        let edges = (0..32).flat_map(|bit| [(1_u64 << bit) - 1, 1 << bit, (1 << bit) + 1]);
        for latency_us in edges.chain(0..10_000).chain([u64::from(u32::MAX)]) {
            let bucket = bucket_of(latency_us);
            assert!(last_of(bucket) >= latency_us, "{latency_us}");
            assert!(bucket == 0 || last_of(bucket - 1) < latency_us, "{latency_us}");
            assert!(last_of(bucket) <= latency_us + latency_us / 8, "{latency_us}");
        }
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn a_slice_of_latencies_is_a_kilobyte() {
        assert!(size_of::<LogCounts>() <= 1_024, "{}", size_of::<LogCounts>());
    }

    #[test]
    fn a_percentile_of_nothing_is_zero_and_of_one_is_that_one() {
        let mut counts = LogCounts::default();
        assert_eq!(counts.quantile(0.99), 0);
        counts.take(1_000_003);
        assert_eq!((counts.quantile(0.0), counts.quantile(1.0)), (1_000_003, 1_000_003));
    }

    #[test]
    fn doublings_count_what_is_below_them() {
        let mut counts = LogCounts::default();
        [0, 1, 2, 3, 4, 1_023, 1_024, u64::MAX].into_iter().for_each(|one| counts.take(one));
        let below = counts.by_doubling();
        assert_eq!(below[..3], [2, 4, 5]);
        assert_eq!((below[8], below[9], below[10]), (5, 6, 7));
        assert_eq!((below[30], below[31]), (7, 8));
    }
}
