//! The rate of an open model over time, in linear pieces, and the inverse of its integral in closed
//! form: nothing adds up from arrival to arrival, so nothing drifts.

/// Rates are arrivals per second, times seconds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Curve {
    Constant { rate: f64 },
    Ramp { from: f64, to: f64, over_s: f64 },
    Stairs { from: f64, step: f64, every_s: f64, last: u64, to: f64 },
    Spike { base: f64, peak: f64, at_s: f64, for_s: f64 },
}

/// A stretch of time in which the rate changes evenly.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start_s: f64,
    /// Infinite for the last piece.
    length_s: f64,
    /// The integral up to its start.
    arrivals_before: f64,
    rate: f64,
    slope: f64,
}

impl Curve {
    pub(super) fn constant(per_s: f64) -> Self {
        Self::Constant { rate: rate(per_s) }
    }

    pub(super) fn ramp(from_per_s: f64, to_per_s: f64, over_ms: u64) -> Self {
        Self::Ramp { from: rate(from_per_s), to: rate(to_per_s), over_s: seconds(over_ms) }
    }

    pub(super) fn stairs(from_per_s: f64, step_per_s: f64, every_ms: u64, to_per_s: f64) -> Self {
        let (from, step, to) = (rate(from_per_s), rate(step_per_s), rate(to_per_s));
        // A hair less, so that 0.1 + 2 × 0.1 is not a step below 0.3.
        let steps = ((to - from) / step - 1e-9).ceil();
        // Without a way up the first step is the last one.
        let climbs = to > from && step > 0.0 && every_ms > 0;
        let last = if climbs { steps as u64 } else { 0 };
        let to = if to < from || step == 0.0 { from } else { to };
        Self::Stairs { from, step, every_s: seconds(every_ms), last, to }
    }

    pub(super) fn spike(base_per_s: f64, peak_per_s: f64, at_ms: u64, for_ms: u64) -> Self {
        let (base, peak) = (rate(base_per_s), rate(peak_per_s));
        Self::Spike { base, peak, at_s: seconds(at_ms), for_s: seconds(for_ms) }
    }

    fn piece(&self, number: u64) -> Option<Piece> {
        let flat = |start_s, length_s, arrivals_before, rate| Piece {
            start_s,
            length_s,
            arrivals_before,
            rate,
            slope: 0.0,
        };
        Some(match (*self, number) {
            (Self::Constant { rate }, 0) => flat(0.0, f64::INFINITY, 0.0, rate),
            (Self::Ramp { from, to, over_s }, 0) if over_s > 0.0 => {
                Piece { slope: (to - from) / over_s, ..flat(0.0, over_s, 0.0, from) }
            }
            (Self::Ramp { .. }, 0) => flat(0.0, 0.0, 0.0, 0.0),
            (Self::Ramp { from, to, over_s }, 1) => {
                flat(over_s, f64::INFINITY, (from + to) / 2.0 * over_s, to)
            }
            (Self::Stairs { from, step, every_s, last, to }, number) if number <= last => {
                let n = number as f64;
                let before = every_s * (n * from + step * n * (n - 1.0) / 2.0);
                if number == last {
                    flat(n * every_s, f64::INFINITY, before, to)
                } else {
                    flat(n * every_s, every_s, before, from + n * step)
                }
            }
            (Self::Spike { base, at_s, .. }, 0) => flat(0.0, at_s, 0.0, base),
            (Self::Spike { base, peak, at_s, for_s }, 1) => flat(at_s, for_s, base * at_s, peak),
            (Self::Spike { base, peak, at_s, for_s }, 2) => {
                flat(at_s + for_s, f64::INFINITY, base * at_s + peak * for_s, base)
            }
            _ => return None,
        })
    }
}

impl Piece {
    /// The integral up to its end.
    fn arrivals_after(&self) -> f64 {
        if self.length_s.is_finite() {
            let mean_rate = self.rate + self.slope * self.length_s / 2.0;
            self.arrivals_before + mean_rate * self.length_s
        } else if self.rate > 0.0 {
            f64::INFINITY
        } else {
            self.arrivals_before
        }
    }

    /// When the integral reaches `arrivals`, which it does in this piece.
    fn time_s(&self, arrivals: f64) -> f64 {
        let inside = (arrivals - self.arrivals_before).max(0.0);
        if inside == 0.0 {
            return self.start_s;
        }
        // The root of `rate t + slope t² / 2 = inside` in the form that holds without a slope, too.
        let root = (self.rate * self.rate + 2.0 * self.slope * inside).max(0.0).sqrt();
        self.start_s + (2.0 * inside / (self.rate + root)).min(self.length_s)
    }
}

/// The inverse of a curve's integral, asked with rising values.
#[derive(Clone, Debug)]
pub(super) struct Inverse {
    curve: Curve,
    number: u64,
    piece: Option<Piece>,
}

impl Inverse {
    pub(super) fn new(curve: Curve) -> Self {
        Self { curve, number: 0, piece: curve.piece(0) }
    }

    /// When the integral goes past `arrivals`, in microseconds; `None`: never.
    pub(super) fn time_us(&mut self, arrivals: f64) -> Option<u64> {
        // Rounding must not squeeze one more arrival into a piece whose integral is a whole number.
        let slack = 1e-9 + arrivals * 1e-13;
        loop {
            let piece = self.piece?;
            if piece.arrivals_after() > arrivals + slack {
                return Some((piece.time_s(arrivals) * 1e6).round() as u64);
            }
            self.number += 1;
            self.piece = self.curve.piece(self.number);
        }
    }
}

/// What is no rate is no arrivals.
fn rate(per_s: f64) -> f64 {
    if per_s.is_finite() { per_s.max(0.0) } else { 0.0 }
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1e3
}
