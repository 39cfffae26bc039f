//! The logical clock of a run on sockets: the wall clock, plus what was jumped over.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jiff::fmt::rfc2822;

/// A target that runs in its own time shows a date further from ours than any delay explains.
const OWN_TIME_MS_MIN: u64 = 5_000;

/// A clock that goes with the wall clock and can be moved on.
#[derive(Clone, Debug)]
pub struct Clock {
    started: Instant,
    base_ms: u64,
    jumped_ms: u64,
}

impl Clock {
    /// The wall clock.
    pub fn wall() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), base_ms: millis(since), jumped_ms: 0 }
    }

    /// The time of a target whose clock can be moved, read off its `Date` header: an earlier run
    /// may have moved it. A date near our own changes nothing.
    #[must_use]
    pub fn with_date_of(mut self, date: Option<&str>) -> Self {
        let theirs = date
            .and_then(|text| rfc2822::DateTimeParser::new().parse_timestamp(text).ok())
            .and_then(|date| u64::try_from(date.as_millisecond()).ok());
        if let Some(theirs) = theirs
            && theirs.abs_diff(self.now_ms()) > OWN_TIME_MS_MIN
        {
            self = Self { started: Instant::now(), base_ms: theirs, jumped_ms: 0 };
        }
        self
    }

    /// The same, but at `at_ms` at least: instances that lived later must not go back in time.
    #[must_use]
    pub fn not_before(self, at_ms: u64) -> Self {
        if self.now_ms() >= at_ms {
            return self;
        }
        Self { started: Instant::now(), base_ms: at_ms, jumped_ms: 0 }
    }

    /// Milliseconds since the epoch.
    pub fn now_ms(&self) -> u64 {
        self.base_ms.saturating_add(millis(self.started.elapsed()))
    }

    /// Moves the clock on.
    pub fn jump(&mut self, by_ms: u64) {
        self.base_ms = self.base_ms.saturating_add(by_ms);
        self.jumped_ms = self.jumped_ms.saturating_add(by_ms);
    }

    /// Microseconds of logical time since the clock was made.
    pub fn since_us(&self) -> u64 {
        self.wall_us().saturating_add(self.jumped_ms.saturating_mul(1_000))
    }

    /// Microseconds of wall time since the clock was made.
    pub fn wall_us(&self) -> u64 {
        self.wall_us_at(Instant::now())
    }

    /// The same for a moment.
    pub fn wall_us_at(&self, at: Instant) -> u64 {
        let since = at.saturating_duration_since(self.started);
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    }

    /// When a logical time was or will be, in microseconds of wall time since the clock was made;
    /// what was jumped over counts as of the jump.
    pub fn wall_us_of(&self, at_ms: u64) -> u64 {
        at_ms.saturating_sub(self.base_ms).saturating_mul(1_000)
    }

    /// How far the clock was moved on, milliseconds.
    pub const fn jumped_ms(&self) -> u64 {
        self.jumped_ms
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_far_away_is_taken_over_and_a_near_one_is_not() {
        let clock = Clock::wall().with_date_of(Some("Thu, 01 Jan 2099 00:00:00 GMT"));
        assert_eq!(clock.now_ms() / 60_000, 4_070_908_800_000 / 60_000);
        let wall = Clock::wall();
        for date in [None, Some("yesterday")] {
            assert!(wall.clone().with_date_of(date).now_ms().abs_diff(wall.now_ms()) < 1_000);
        }
    }

    #[test]
    fn a_jump_moves_it_on() {
        let mut clock = Clock::wall();
        let before = clock.now_ms();
        clock.jump(86_400_000);
        assert!(clock.now_ms() >= before + 86_400_000);
    }
}
