//! A deferred result: its poll id, and when it is asked for.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow" and
//! "Conversion Workflow": every hour. Assumed: the longest wait a server can ask for.

use muster_wire::PollId;

use crate::heap::heap;
use crate::saved::saved_struct;
use crate::timer::{DAY_MS, Due, SECOND_MS};

/// Seconds between polls when a server names no sensible number (documented).
const INTERVAL_S: u64 = 3600;
const INTERVAL_MS_MAX: u64 = DAY_MS;

/// A result to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deferral {
    pub(crate) poll_id: PollId,
    pub(crate) due: Due,
    /// Whether it is asked for without waiting any longer.
    pub(crate) wanted: bool,
}

heap!(Deferral {});
saved_struct!(Deferral { poll_id, due, wanted });

impl Deferral {
    /// A result that a server defers by `interval_s` seconds.
    pub(crate) fn new(poll_id: PollId, interval_s: u64, now_ms: u64) -> Self {
        let seconds = if interval_s == 0 { INTERVAL_S } else { interval_s };
        let delay_ms = seconds.saturating_mul(SECOND_MS).min(INTERVAL_MS_MAX);
        Self { poll_id, due: Due::at(now_ms.saturating_add(delay_ms)), wanted: false }
    }

    /// The same result, asked for again after the documented hour.
    pub(crate) fn again(self, now_ms: u64) -> Self {
        Self::new(self.poll_id, INTERVAL_S, now_ms)
    }

    /// Marks it as wanted when its time has come; whether it has.
    pub(crate) fn wake(&mut self, now_ms: u64) -> bool {
        let due = self.due.is_due(now_ms);
        if due {
            (self.due, self.wanted) = (Due::NEVER, true);
        }
        due
    }

    /// Asks for it now.
    pub(crate) const fn hurry(&mut self) {
        (self.due, self.wanted) = (Due::NEVER, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_what_the_server_says_within_a_day() {
        let due = |interval_s| Deferral::new(PollId(1), interval_s, 0).due;
        assert_eq!(due(3600), Due::at(3_600_000));
        assert_eq!(due(0), Due::at(3_600_000));
        assert_eq!(due(u64::MAX), Due::at(DAY_MS));
    }

    #[test]
    fn it_wakes_once() {
        let mut deferral = Deferral::new(PollId(1), 10, 0);
        assert!(!deferral.wake(9_999) && !deferral.wanted);
        assert!(deferral.wake(10_000) && deferral.wanted && !deferral.wake(20_000));
    }
}
