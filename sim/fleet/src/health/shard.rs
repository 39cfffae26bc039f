//! What one shard's thread gets and how late it is: CPU time, waiting for a core, lateness.

use std::fs;
use std::marker::PhantomData;
use std::time::Instant;

use hdrhistogram::Histogram;

/// Longest lateness told apart, microseconds: ten minutes. Anything later counts as this.
const LAG_US_MAX: u64 = 600_000_000;
/// Digits of lateness kept: 1 % is closer than anybody reads it, and a histogram is 24 KB.
const LAG_DIGITS: u8 = 2;

/// Watches the thread it was started in; lives and dies in that thread.
#[derive(Debug)]
pub struct ShardProbe {
    began: Instant,
    first: Option<ThreadTimes>,
    lag: Histogram<u64>,
    /// Times are read for the calling thread, so a probe must not move to another one.
    here: PhantomData<*const ()>,
}

impl ShardProbe {
    /// Begins to watch the calling thread.
    pub fn start() -> Self {
        Self { began: Instant::now(), first: ThreadTimes::read(), lag: empty(), here: PhantomData }
    }

    /// Takes down how late a due moment was taken up, microseconds: once for every arrival and
    /// timer, from the instant it was due to the instant the shard looked at it. What it then
    /// waits for a slot or a connection is `blocked`, not lateness. One long stall is thereby
    /// counted for everything that fell due in it, and not once.
    pub fn lag(&mut self, us: u64) {
        self.lag.saturating_record(us.min(LAG_US_MAX));
    }

    /// What was seen until now; called in the shard's thread, for display and at the end.
    pub fn health(&self) -> ShardHealth {
        let now = ThreadTimes::read();
        let since = |times: fn(&ThreadTimes) -> u64| {
            Some(times(now.as_ref()?).saturating_sub(times(self.first.as_ref()?)) / 1_000)
        };
        ShardHealth {
            wall_us: u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX),
            cpu_us: since(|times| times.running_ns),
            waited_us: since(|times| times.waiting_ns),
            lag: self.lag.clone(),
        }
    }
}

/// What one shard, or several together, got and how late they were.
#[derive(Clone, Debug)]
pub struct ShardHealth {
    /// Time watched, microseconds; summed over shards.
    pub wall_us: u64,
    /// CPU time used, microseconds; `None` where the system does not say.
    pub cpu_us: Option<u64>,
    /// Time in which the thread could have run but had no core, microseconds. Time a hypervisor
    /// takes from the whole machine is not in it; that only shows as lateness.
    pub waited_us: Option<u64>,
    lag: Histogram<u64>,
}

impl Default for ShardHealth {
    fn default() -> Self {
        Self { wall_us: 0, cpu_us: None, waited_us: None, lag: empty() }
    }
}

impl ShardHealth {
    /// Adds another shard.
    pub fn merge(&mut self, other: &Self) {
        let sum = |a: Option<u64>, b: Option<u64>| match (a, b) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
        };
        self.wall_us = self.wall_us.saturating_add(other.wall_us);
        self.cpu_us = sum(self.cpu_us, other.cpu_us);
        self.waited_us = sum(self.waited_us, other.waited_us);
        self.lag.add(&other.lag).expect("both histograms have the same bounds");
    }

    /// CPU time as a share of the time watched, percent.
    pub fn cpu_percent(&self) -> Option<f64> {
        self.percent(self.cpu_us)
    }

    /// Time without a core as a share of the time watched, percent.
    pub fn waited_percent(&self) -> Option<f64> {
        self.percent(self.waited_us)
    }

    /// 99th percentile of lateness, microseconds.
    pub fn lag_p99_us(&self) -> u64 {
        self.lag.value_at_quantile(0.99)
    }

    /// Largest lateness, microseconds.
    pub fn lag_max_us(&self) -> u64 {
        self.lag.max()
    }

    /// Due moments taken up.
    pub fn lag_samples(&self) -> u64 {
        self.lag.len()
    }

    fn percent(&self, part_us: Option<u64>) -> Option<f64> {
        let part_us = part_us.filter(|_| self.wall_us > 0)?;
        Some(part_us as f64 * 100.0 / self.wall_us as f64)
    }
}

fn empty() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LAG_US_MAX, LAG_DIGITS).expect("the bounds are constants")
}

/// Times of the calling thread, nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ThreadTimes {
    running_ns: u64,
    waiting_ns: u64,
}

impl ThreadTimes {
    fn read() -> Option<Self> {
        Self::parse(&fs::read_to_string("/proc/thread-self/schedstat").ok()?)
    }

    fn parse(schedstat: &str) -> Option<Self> {
        let mut numbers = schedstat.split_ascii_whitespace().map(str::parse);
        let (running, waiting) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        Some(Self { running_ns: running, waiting_ns: waiting })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedstat_is_running_then_waiting() {
        let times = ThreadTimes { running_ns: 752_757, waiting_ns: 12 };
        assert_eq!(ThreadTimes::parse("752757 12 1\n"), Some(times));
        assert_eq!(ThreadTimes::parse(""), None);
        assert_eq!(ThreadTimes::parse("752757"), None);
        assert_eq!(ThreadTimes::parse("-1 2 3"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_thread_that_works_is_seen_to_work() {
        let probe = ShardProbe::start();
        let mut sum = 0_u64;
        let busy = loop {
            sum = std::hint::black_box((0..100_000_u64).fold(sum, |a, b| a ^ (a << 1) ^ b));
            let health = probe.health();
            let cpu_us = health.cpu_us.expect("Linux says");
            if cpu_us > 20_000 {
                break health;
            }
        };
        assert!(busy.cpu_percent().is_some_and(|share| share > 0.0 && share <= 110.0), "{busy:?}");
        assert!(busy.waited_percent().is_some());
    }

    #[test]
    fn lateness_is_kept_and_merges() {
        let (mut first, mut second) = (ShardProbe::start(), ShardProbe::start());
        for us in 0..990 {
            first.lag(us % 10);
        }
        (0..20).for_each(|_| second.lag(80_000));
        second.lag(u64::MAX);
        let mut all = first.health();
        let alone = all.clone();
        assert!(alone.lag_p99_us() < 10 && alone.lag_max_us() < 10);
        all.merge(&second.health());
        assert_eq!(all.lag_samples(), 1_011);
        assert!(all.lag_p99_us().abs_diff(80_000) <= 800, "{}", all.lag_p99_us());
        assert!(all.lag_max_us() >= LAG_US_MAX);
        assert!(all.wall_us >= alone.wall_us);
    }

    #[test]
    fn shares_are_of_the_time_watched_and_absent_when_not_told() {
        let health = |cpu_us, waited_us| ShardHealth {
            wall_us: 2_000_000,
            cpu_us,
            waited_us,
            ..ShardHealth::default()
        };
        let mut one = health(Some(1_000_000), Some(500_000));
        assert_eq!((one.cpu_percent(), one.waited_percent()), (Some(50.0), Some(25.0)));
        one.merge(&health(Some(2_000_000), None));
        assert_eq!((one.cpu_percent(), one.waited_percent()), (Some(75.0), Some(12.5)));
        assert_eq!(health(None, None).cpu_percent(), None);
        assert_eq!(ShardHealth::default().cpu_percent(), None);
        assert_eq!(ShardHealth::default().lag_p99_us(), 0);
    }
}
