//! Who watches a run: whether it is to stop, and where its live figures go.

use crate::measure::Live;

/// What a shard shows of itself while it runs.
#[derive(Clone, Debug)]
pub struct ShardLive {
    /// What was measured since the last time.
    pub live: Live,
    /// Journeys that have ended.
    pub ended: u64,
    /// Journeys that are known to be played: those begun, and those that will begin once.
    pub journeys: u64,
    /// 99th percentile of how late due moments were looked at so far, microseconds.
    pub lag_p99_us: u64,
    /// Processor time of the shard's thread so far, microseconds; none where the system is silent.
    pub cpu_us: Option<u64>,
}

/// Watches a run from outside.
pub trait Watch {
    /// Whether the run is to stop as soon as it can.
    fn stop(&self) -> bool;

    /// Offers live figures; they are only worked out when they are taken.
    fn live(&self, figures: &mut dyn FnMut() -> ShardLive) {
        let _ = figures;
    }
}

impl<F: Fn() -> bool> Watch for F {
    fn stop(&self) -> bool {
        self()
    }
}
