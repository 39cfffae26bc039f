//! Whose time a server lives in: the wall clock with an offset, or a clock moved by hand.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Where a server's time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSource {
    /// The wall clock; setting or advancing it adds an offset.
    Wall,
    /// Stands still until moved.
    Manual {
        /// First reading, unix milliseconds.
        start_ms: u64,
    },
}

/// A server's clock.
#[derive(Debug)]
pub(crate) struct Clock {
    source: ClockSource,
    /// Manual: the reading. Wall: the offset, wrapping, because it may be negative.
    value: AtomicU64,
}

/// What a restart must know of a server's time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptTime {
    /// The server's time when it was first made, unix milliseconds.
    pub(crate) started_ms: u64,
    /// Start of its certificates' validity, unix milliseconds.
    pub(crate) certificates_from_ms: i64,
    /// How far its clock was moved; see [`Clock::moved`].
    pub(crate) clock: u64,
}

impl Clock {
    pub(crate) fn new(source: ClockSource) -> Self {
        let value = match source {
            ClockSource::Wall => 0,
            ClockSource::Manual { start_ms } => start_ms,
        };
        Self { source, value: AtomicU64::new(value) }
    }

    /// Unix milliseconds.
    pub(crate) fn now_ms(&self) -> u64 {
        let value = self.value.load(Ordering::Relaxed);
        match self.source {
            ClockSource::Wall => wall_ms().wrapping_add(value),
            ClockSource::Manual { .. } => value,
        }
    }

    /// How it was moved: the reading of a manual clock, the wrapping offset of the wall clock.
    pub(crate) fn moved(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }

    /// Goes on where another clock of the same source stood.
    pub(crate) fn go_on_from(&self, moved: u64) {
        self.value.store(moved, Ordering::Relaxed);
    }

    /// Whether it is moved by hand only.
    pub(crate) fn is_manual(&self) -> bool {
        matches!(self.source, ClockSource::Manual { .. })
    }

    pub(crate) fn set_ms(&self, now_ms: u64) {
        let value = match self.source {
            ClockSource::Wall => now_ms.wrapping_sub(wall_ms()),
            ClockSource::Manual { .. } => now_ms,
        };
        self.value.store(value, Ordering::Relaxed);
    }

    pub(crate) fn advance_ms(&self, by_ms: u64) {
        self.set_ms(self.now_ms().saturating_add(by_ms));
    }
}

fn wall_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::new(ClockSource::Manual { start_ms: 5 });
        clock.advance_ms(10);
        assert_eq!(clock.now_ms(), 15);
        clock.set_ms(3);
        assert_eq!(clock.now_ms(), 3);
        clock.advance_ms(u64::MAX);
        assert_eq!(clock.now_ms(), u64::MAX);
    }

    #[test]
    fn the_wall_clock_keeps_an_offset_in_either_direction() {
        let clock = Clock::new(ClockSource::Wall);
        let before = clock.now_ms();
        clock.advance_ms(3_600_000);
        assert!(clock.now_ms() >= before + 3_600_000);
        clock.set_ms(1_000);
        assert!((1_000..before).contains(&clock.now_ms()));
    }
}
