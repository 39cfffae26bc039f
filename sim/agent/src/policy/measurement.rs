//! Measurements of one report: contiguous spans of constant count, computed when they end.
//!
//! A product instance samples every 15 minutes (public). No timer does that here: the number of
//! samples follows from the span, so an idle instance sleeps until its next message.

/// Seconds between samples.
const SAMPLE_S: u64 = 15 * 60;

/// Measurements in one report before changes are merged. Assumed; keeps a payload under its limit.
pub(crate) const MEASUREMENTS_MAX: usize = 256;

/// One finished measurement, times in seconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    pub(crate) log_s: u64,
    pub(crate) start_s: u64,
    pub(crate) end_s: u64,
    pub(crate) count: u32,
    pub(crate) clock_change_delta_s: i32,
}

impl Measured {
    pub(crate) const fn interval_s(&self) -> u64 {
        self.end_s - self.start_s
    }

    /// One sample at the start and one each quarter of an hour.
    pub(crate) const fn samples(&self) -> u64 {
        self.interval_s() / SAMPLE_S + 1
    }
}

/// The measurement that is still going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ongoing {
    log_s: u64,
    pub(crate) start_s: u64,
    clock_change_delta_s: i32,
}

impl Ongoing {
    pub(crate) const fn new(start_s: u64, clock_s: u64) -> Self {
        Self { log_s: clock_s, start_s, clock_change_delta_s: 0 }
    }

    /// Notes that the instance's clock was moved. Assumed: the span keeps its own, steady time and
    /// only says by how much the clock moved.
    pub(crate) const fn clock_changed(&mut self, by_s: i32) {
        self.clock_change_delta_s = self.clock_change_delta_s.saturating_add(by_s);
    }

    /// Whether ending it at `end_s` would say nothing.
    pub(crate) const fn is_empty_at(&self, end_s: u64) -> bool {
        end_s <= self.start_s && self.clock_change_delta_s == 0
    }

    /// When the last sample before `at_s` was taken.
    pub(crate) const fn last_sample_s(&self, at_s: u64) -> u64 {
        self.start_s + at_s.saturating_sub(self.start_s) / SAMPLE_S * SAMPLE_S
    }

    pub(crate) const fn end(self, end_s: u64, count: u32) -> Measured {
        let end_s = if end_s < self.start_s { self.start_s } else { end_s };
        Measured {
            log_s: self.log_s,
            start_s: self.start_s,
            end_s,
            count,
            clock_change_delta_s: self.clock_change_delta_s,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_follow_from_the_span() {
        for (interval_s, samples) in [(1, 1), (899, 1), (900, 2), (1336, 2), (374_401, 417)] {
            let measured = Ongoing::new(1_000, 1_000).end(1_000 + interval_s, 1);
            assert_eq!((measured.interval_s(), measured.samples()), (interval_s, samples));
        }
    }

    #[test]
    fn time_never_runs_backwards_in_a_span() {
        let measured = Ongoing::new(1_000, 1_000).end(400, 1);
        assert_eq!((measured.start_s, measured.end_s, measured.samples()), (1_000, 1_000, 1));
    }
}
