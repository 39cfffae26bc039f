//! Axes of the charts: where a value stands, and ticks at round values.

use crate::units::{plain, round_duration};

/// Ticks of a linear axis, about.
const TICKS: f64 = 4.0;

/// Up to so many decades a logarithmic axis has ticks at 2 and 5 too.
const DECADES_WITH_HALVES_MAX: f64 = 2.0;

/// Steps between ticks of a time axis, seconds.
const TIME_STEPS_S: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0,
    120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0, 21_600.0, 43_200.0, 86_400.0,
];

/// Ticks of a time axis at most.
const TIME_TICKS_MAX: f64 = 8.0;

/// A scale from 0 to 1 with labelled ticks.
#[derive(Debug)]
pub(super) struct Axis {
    from: f64,
    to: f64,
    logarithmic: bool,
    /// Position from 0 to 1, and label.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// From 0 to a round value that `max` does not exceed.
    pub(super) fn linear(max: f64) -> Self {
        let step = if max > 0.0 { round_up(max / TICKS) } else { 1.0 };
        let count = (max / step).ceil().max(1.0);
        let mut axis = Self { from: 0.0, to: count * step, logarithmic: false, ticks: Vec::new() };
        axis.ticks =
            whole(count).map(|index| index * step).map(|at| (axis.at(at), short(at))).collect();
        axis
    }

    /// Latencies from microseconds; both ends round values around the two.
    pub(super) fn latency(min: f64, max: f64) -> Self {
        let min = min.max(1.0);
        let (from, mut to) = (round_down(min), round_up(max.max(min)));
        if to <= from {
            to = round_up(from * 1.5);
        }
        let mut axis = Self { from, to, logarithmic: true, ticks: Vec::new() };
        let halves = (to / from).log10() <= DECADES_WITH_HALVES_MAX + 1e-9;
        let mut at = from;
        while at <= to * 1.001 {
            if halves || leading(at) == 1.0 {
                axis.ticks.push((axis.at(at), round_duration(at)));
            }
            at = round_up(at * 1.5);
        }
        axis
    }

    /// Time since the start up to `seconds`, and its unit.
    pub(super) fn time(seconds: f64) -> (Self, &'static str) {
        let (unit, one) = match seconds {
            seconds if seconds < 180.0 => ("seconds", 1.0),
            seconds if seconds < 10_800.0 => ("minutes", 60.0),
            _ => ("hours", 3_600.0),
        };
        let to = if seconds > 0.0 { seconds } else { 1.0 };
        let few = |step: &&f64| to / **step <= TIME_TICKS_MAX;
        let days = || (to / 86_400.0 / TIME_TICKS_MAX).ceil() * 86_400.0;
        let step = TIME_STEPS_S.iter().find(few).copied().unwrap_or_else(days);
        let mut axis = Self { from: 0.0, to, logarithmic: false, ticks: Vec::new() };
        let ticks = whole((to / step).floor()).map(|index| index * step);
        axis.ticks = ticks.map(|at| (axis.at(at), plain(at / one))).collect();
        (axis, unit)
    }

    /// Percentiles as parts of 1, the distance between them growing toward the largest value.
    pub(super) fn percentiles() -> Self {
        let mut axis = Self { from: 0.0, to: MAX_AT, logarithmic: false, ticks: Vec::new() };
        axis.ticks = PERCENTILES.iter().map(|(at, name)| (axis.at(*at), (*name).into())).collect();
        axis
    }

    /// Where a value stands, from 0 to 1; values beyond an end stand at it.
    pub(super) fn at(&self, value: f64) -> f64 {
        let part = if self.logarithmic {
            (value.max(self.from) / self.from).log10() / (self.to / self.from).log10()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        part.clamp(0.0, 1.0)
    }
}

/// `-log10(1 - p)`, the place of a percentile; the largest value has one behind the last.
pub(super) const PERCENTILES: [(f64, &str); 7] = [
    (0.0, "min"),
    (0.301, "p50"),
    (1.0, "p90"),
    (1.301, "p95"),
    (2.0, "p99"),
    (3.0, "p99.9"),
    (MAX_AT, "max"),
];

const MAX_AT: f64 = 3.6;

fn whole(count: f64) -> impl Iterator<Item = f64> {
    // An axis has a handful of ticks.
    (0..=count.clamp(0.0, 100.0) as u32).map(f64::from)
}

/// A count at an axis, short enough for the room beside it.
fn short(at: f64) -> String {
    if at < 1e6 { plain(at) } else { format!("{} M", plain(at / 1e6)) }
}

/// The smallest of 1, 2, 5, 10, … that is not below the value.
fn round_up(value: f64) -> f64 {
    let decade = 10_f64.powf(value.log10().floor());
    let fits = |factor: &f64| factor * decade >= value * (1.0 - 1e-9);
    [1.0, 2.0, 5.0, 10.0].into_iter().find(fits).unwrap_or(10.0) * decade
}

/// The largest of 1, 2, 5, 10, … that is not above the value.
fn round_down(value: f64) -> f64 {
    let decade = 10_f64.powf(value.log10().floor());
    let fits = |factor: &f64| factor * decade <= value * (1.0 + 1e-9);
    [5.0, 2.0, 1.0].into_iter().find(fits).unwrap_or(1.0) * decade
}

fn leading(value: f64) -> f64 {
    (value / 10_f64.powf((value.log10() + 1e-9).floor())).round()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ticks_stand_at_round_values() {
        assert_eq!(labels(&Axis::linear(3_662.0)), ["0", "1,000", "2,000", "3,000", "4,000"]);
        assert_eq!(labels(&Axis::linear(0.9)), ["0", "0.5", "1"]);
        assert_eq!(labels(&Axis::linear(0.0)), ["0", "1"]);
        assert_eq!(labels(&Axis::linear(1.2e6)), ["0", "500,000", "1 M", "1.5 M"]);
        let two_decades = Axis::latency(1_300.0, 61_000.0);
        let expected = ["1 ms", "2 ms", "5 ms", "10 ms", "20 ms", "50 ms", "100 ms"];
        assert_eq!(labels(&two_decades), expected);
        let four_decades = Axis::latency(250.0, 1_100_000.0);
        assert_eq!(labels(&four_decades), ["1 ms", "10 ms", "100 ms", "1 s"]);
    }

    #[test]
    fn a_time_axis_ends_with_the_run() {
        let (axis, unit) = Axis::time(41.29);
        assert_eq!((unit, labels(&axis)), ("seconds", vec!["0", "10", "20", "30", "40"]));
        assert!((axis.at(41.29) - 1.0).abs() < 1e-9);
        let (axis, unit) = Axis::time(600.0);
        assert_eq!((unit, labels(&axis)), ("minutes", vec!["0", "2", "4", "6", "8", "10"]));
        let (axis, unit) = Axis::time(90.0 * 86_400.0);
        assert_eq!((unit, axis.ticks.len()), ("hours", 8));
    }

    #[test]
    fn one_value_and_none_still_make_an_axis() {
        for axis in [Axis::latency(0.0, 0.0), Axis::latency(5e3, 5e3), Axis::time(0.0).0] {
            assert!(axis.at(5e3).is_finite() && !axis.ticks.is_empty(), "{axis:?}");
        }
        assert_eq!(labels(&Axis::latency(5e3, 5e3)), ["5 ms", "10 ms"]);
    }
}
