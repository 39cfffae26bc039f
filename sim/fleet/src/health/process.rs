//! What the process holds: memory and file descriptors, sampled a few times a second.

use std::fs;
use std::time::{Duration, Instant};

use muster_journal::load::GeneratorHealth;

use super::{FdLimit, ShardHealth};

/// Part of the time that may go into counting descriptors one by one: a hundredth.
const COUNTING_PART: u32 = 100;

/// What the process holds at one moment. `None`: this system does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcessSample {
    /// Resident memory, bytes.
    pub rss_bytes: Option<u64>,
    /// Most resident memory since the process began, bytes.
    pub rss_peak_bytes: Option<u64>,
    /// Open file descriptors.
    pub fds: Option<u64>,
}

/// Watches the process; owned and sampled by one thread.
#[derive(Debug)]
pub struct HealthProbe {
    limit: FdLimit,
    last: ProcessSample,
    rss_peak_bytes: u64,
    fds_peak: u64,
    count_next: Instant,
}

impl HealthProbe {
    /// Begins to watch, with a first sample.
    pub fn start(limit: FdLimit) -> Self {
        let mut probe = Self {
            limit,
            last: ProcessSample::default(),
            rss_peak_bytes: 0,
            fds_peak: 0,
            count_next: Instant::now(),
        };
        probe.sample();
        probe
    }

    /// Looks again. Meant for a few times a second: it costs under 0.1 ms with 15,000 descriptors
    /// open and, on kernels before 6.2, where they must be counted, a hundredth of the time.
    pub fn sample(&mut self) -> ProcessSample {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        self.last.rss_bytes = kilobytes(&status, "VmRSS:");
        self.last.rss_peak_bytes = kilobytes(&status, "VmHWM:");
        if let Some(fds) = self.open_fds() {
            self.last.fds = Some(fds);
        }
        let rss = self.last.rss_peak_bytes.max(self.last.rss_bytes).unwrap_or(0);
        self.rss_peak_bytes = self.rss_peak_bytes.max(rss);
        self.fds_peak = self.fds_peak.max(self.last.fds.unwrap_or(0));
        self.last
    }

    /// The latest sample.
    pub fn last(&self) -> ProcessSample {
        self.last
    }

    /// The limit of descriptors in force.
    pub fn limit(&self) -> FdLimit {
        self.limit
    }

    /// What cannot be seen on this system, in words; none where all is seen.
    pub fn blind(&self) -> Option<&'static str> {
        let blind = self.last.rss_bytes.is_none() || self.last.fds.is_none();
        blind.then_some("this system has no /proc: memory, CPU and descriptors are not measured")
    }

    /// What a report says of the generator, from the process and all shards. Addresses, ports and
    /// reasons of saturation are the caller's to fill in.
    pub fn health(&self, shards: &[ShardHealth]) -> GeneratorHealth {
        let all = shards.iter().fold(ShardHealth::default(), |mut all, shard| {
            all.merge(shard);
            all
        });
        GeneratorHealth {
            scheduler_lag_p99_us: all.lag_p99_us(),
            scheduler_lag_max_us: all.lag_max_us(),
            cpu_per_shard: shards.iter().filter_map(ShardHealth::cpu_percent).collect(),
            rss_peak_bytes: self.rss_peak_bytes,
            fds_peak: self.fds_peak,
            fds_max: self.limit.now,
            ..GeneratorHealth::default()
        }
    }

    /// Since Linux 6.2 the size of `/proc/self/fd` is the number of descriptors; before, it is 0
    /// and they are counted, which takes milliseconds when there are many.
    fn open_fds(&mut self) -> Option<u64> {
        let told = fs::metadata("/proc/self/fd").ok()?.len();
        if told > 0 {
            return Some(told);
        }
        let began = Instant::now();
        if began < self.count_next {
            return None;
        }
        let listed = fs::read_dir("/proc/self/fd").ok()?.count() as u64;
        let pause = began.elapsed() * COUNTING_PART;
        self.count_next = began + pause.max(Duration::from_millis(100));
        // The folder being read is one of them.
        Some(listed.saturating_sub(1))
    }
}

/// The bytes of one line of `/proc/self/status`, which is in kilobytes.
fn kilobytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_in_bytes() {
        let status = "Name:\tmuster\nVmHWM:\t    1736 kB\nVmRSS:\t     112 kB\nThreads:\t1\n";
        assert_eq!(kilobytes(status, "VmHWM:"), Some(1_777_664));
        assert_eq!(kilobytes(status, "VmRSS:"), Some(114_688));
        assert_eq!(kilobytes(status, "VmSwap:"), None);
        assert_eq!(kilobytes("VmRSS: many kB", "VmRSS:"), None);
        assert_eq!(kilobytes("VmRSS: 18446744073709551615 kB", "VmRSS:"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn open_files_and_memory_are_seen_and_their_peaks_kept() {
        let mut probe = HealthProbe::start(FdLimit::current());
        assert_eq!(probe.blind(), None);
        // Other tests of the process open files too, but not by the hundred.
        let held: Vec<_> = (0..300).map(|_| fs::File::open("/dev/null").expect("a file")).collect();
        probe.count_next = Instant::now();
        let full = probe.sample();
        assert!(full.fds.is_some_and(|fds| fds >= 300), "{full:?}");
        assert!(full.rss_bytes.is_some_and(|rss| rss > 100_000), "{full:?}");
        drop(held);
        probe.count_next = Instant::now();
        let after = probe.sample();
        assert!(after.fds < full.fds, "{after:?}");
        let health = probe.health(&[]);
        assert!(health.fds_peak >= 300 && health.fds_max > 0);
        assert!(Some(health.rss_peak_bytes) >= full.rss_bytes);
        assert!(health.cpu_per_shard.is_empty());
    }
}
