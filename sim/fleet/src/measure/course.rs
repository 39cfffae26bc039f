//! The course of a run in slices of wall time: one second wide at first, and twice as wide each
//! time there would be too many.

use muster_journal::load::CoursePoint;

use super::log_counts::LogCounts;

/// More do not fit on a chart.
const SLICES_MAX: u64 = 240;
const WIDTH_US_MIN: u64 = 1_000_000;
/// Half the time between two notes of what is in flight: a note that comes a little late is still
/// for the end of the slice before.
const LATE_US_MAX: u64 = 500_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Course {
    /// A second times a power of two, so that slices of different courses line up.
    width_us: u64,
    slices: Vec<Slice>,
    /// Slices for whose end it is known what was in flight.
    noted: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Slice {
    exchanges: u64,
    failed: u64,
    /// At its end; 0 where nothing was noted, as after the end of a run.
    in_flight: u64,
    latencies: LogCounts,
}

impl Default for Course {
    fn default() -> Self {
        Self { width_us: WIDTH_US_MIN, slices: Vec::new(), noted: 0 }
    }
}

impl Course {
    /// An exchange that ended then, and its latency where that counts.
    pub(super) fn take(&mut self, ended_us: u64, has_failed: bool, latency_us: Option<u64>) {
        let index = self.slice_at(ended_us);
        let slice = &mut self.slices[index];
        slice.exchanges += 1;
        slice.failed += u64::from(has_failed);
        if let Some(latency_us) = latency_us {
            slice.latencies.take(latency_us);
        }
    }

    pub(super) fn note_in_flight(&mut self, now_us: u64, in_flight: u64) {
        let index = self.slice_at(now_us.saturating_sub(LATE_US_MAX));
        // Slices that were skipped had something in flight, too; this is the nearest that is known.
        let from = self.noted.min(index);
        self.slices[from..=index].iter_mut().for_each(|slice| slice.in_flight = in_flight);
        self.noted = index + 1;
    }

    /// Adds slice by slice. Everything in a slice is added, when two become one as when two shards
    /// become one, so that the order of both makes no difference.
    pub(super) fn merge(&mut self, other: &Self) {
        while self.width_us < other.width_us {
            self.widen();
        }
        let narrower = usize::try_from(self.width_us / other.width_us);
        let narrower = narrower.expect("at most 240 slices are merged into one");
        let slices = other.slices.len().div_ceil(narrower);
        if self.slices.len() < slices {
            self.slices.resize_with(slices, Slice::default);
        }
        for (index, slice) in other.slices.iter().enumerate() {
            self.slices[index / narrower].add(slice, index % narrower == narrower - 1);
        }
        self.noted = self.noted.max(other.noted / narrower);
    }

    pub(super) fn points(&self) -> Vec<CoursePoint> {
        let width_ms = self.width_us / 1_000;
        let point = |(at_ms, slice): (u64, &Slice)| CoursePoint {
            at_ms,
            width_ms,
            exchanges: slice.exchanges,
            failed: slice.failed,
            p50_us: slice.latencies.quantile(0.5),
            p99_us: slice.latencies.quantile(0.99),
            in_flight: slice.in_flight,
        };
        (0..).step_by(width_ms as usize).zip(&self.slices).map(point).collect()
    }

    /// The index of the slice of that time, which is there afterwards.
    fn slice_at(&mut self, at_us: u64) -> usize {
        while at_us / self.width_us >= SLICES_MAX {
            self.widen();
        }
        let index = (at_us / self.width_us) as usize;
        if self.slices.len() <= index {
            self.slices.resize_with(index + 1, Slice::default);
        }
        index
    }

    fn widen(&mut self) {
        let wide = self.slices.chunks(2).map(|pair| {
            let mut slice = Slice::default();
            slice.add(&pair[0], false);
            pair.iter().skip(1).for_each(|second| slice.add(second, true));
            slice
        });
        self.slices = wide.collect();
        self.width_us *= 2;
        self.noted /= 2;
    }
}

impl Slice {
    /// Adds a slice that is a part of this one; what is in flight counts when their ends meet.
    fn add(&mut self, other: &Self, ends_with: bool) {
        self.exchanges += other.exchanges;
        self.failed += other.failed;
        self.latencies.merge(&other.latencies);
        if ends_with {
            self.in_flight += other.in_flight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: u64 = 1_000_000;

    fn in_flight(course: &Course) -> Vec<u64> {
        course.points().iter().map(|point| point.in_flight).collect()
    }

    #[test]
    fn slices_double_and_lose_nothing() {
        let mut course = Course::default();
        for second in 0..1_000 {
            for exchange in 0..4 {
                course.take(second * S + exchange, exchange == 0, Some(100));
            }
        }
        let points = course.points();
        assert_eq!(points.len(), 125);
        assert!(points.iter().all(|point| {
            (point.width_ms, point.exchanges, point.failed, point.p99_us) == (8_000, 32, 8, 100)
        }));
        assert!(points.iter().zip(0..).all(|(point, index)| point.at_ms == index * 8_000));
    }

    #[test]
    fn a_run_of_any_length_has_at_most_240_points() {
        let mut course = Course::default();
        for ended_us in [239 * S, 240 * S, 86_400 * 365 * S, u64::MAX, 0] {
            course.take(ended_us, false, None);
            assert!(course.points().len() <= 240);
        }
        assert_eq!(course.points().iter().map(|point| point.exchanges).sum::<u64>(), 5);
    }

    #[test]
    fn what_is_in_flight_is_that_of_the_end_of_a_slice() {
        let mut course = Course::default();
        course.note_in_flight(S - 300, 1);
        course.note_in_flight(2 * S + 300, 2);
        // Two notes did not come.
        course.note_in_flight(5 * S, 7);
        assert_eq!(in_flight(&course), [1, 2, 7, 7, 7]);
        course.widen();
        assert_eq!(in_flight(&course), [2, 7, 0]);
        course.note_in_flight(6 * S, 9);
        assert_eq!(in_flight(&course), [2, 7, 9]);
    }

    #[test]
    fn percentiles_of_a_wide_slice_are_those_of_all_its_exchanges() {
        let (mut wide, mut narrow) = (Course::default(), Course::default());
        for latency_us in 0..1_000 {
            wide.take(latency_us % 2 * S, false, Some(latency_us * latency_us));
            narrow.take(0, false, Some(latency_us * latency_us));
        }
        wide.widen();
        let (wide, narrow) = (wide.points(), narrow.points());
        assert_eq!((wide[0].p50_us, wide[0].p99_us), (narrow[0].p50_us, narrow[0].p99_us));
    }
}
