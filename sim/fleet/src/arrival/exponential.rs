//! Unit-exponential numbers from a seed, the same on every machine.

use std::f64::consts::{LN_2, SQRT_2};

/// Numbers of mean 1, by inversion of SplitMix64's.
#[derive(Clone, Debug)]
pub(super) struct Exponential(u64);

impl Exponential {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn draw(&mut self) -> f64 {
        // 53 bits, shifted so that 1 is reached and 0, whose logarithm is not finite, is not.
        let bits = (self.next_u64() >> 11) + 1;
        -ln(bits as f64 / (1_u64 << 53) as f64)
    }

    const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The natural logarithm of a positive normal number. `f64::ln` may differ from machine to machine
/// and from version to version; the four operations may not, and shards on different machines must
/// agree on every arrival.
fn ln(of: f64) -> f64 {
    const FRACTION: u64 = (1 << 52) - 1;
    let bits = of.to_bits();
    let exponent = f64::from((bits >> 52) as u16) - 1023.0;
    let fraction = f64::from_bits((bits & FRACTION) | 1.0_f64.to_bits());
    let (fraction, exponent) =
        if fraction > SQRT_2 { (fraction / 2.0, exponent + 1.0) } else { (fraction, exponent) };
    // 2 artanh; |ratio| is at most 0.172, so that eleven terms reach the precision of f64.
    let ratio = (fraction - 1.0) / (fraction + 1.0);
    let square = ratio * ratio;
    let series = (0..11).rev().fold(0.0, |sum, term| sum * square + 1.0 / f64::from(2 * term + 1));
    exponent * LN_2 + 2.0 * ratio * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_that_of_the_standard_library() {
        let mut gaps = Exponential::new(5);
        let edges = [1.0, 0.5, SQRT_2 / 2.0, 0.99, 1.0 / (1_u64 << 53) as f64];
        let drawn = (0..10_000).map(|_| ((gaps.next_u64() >> 11) + 1) as f64 / 2_f64.powi(53));
        for of in edges.into_iter().chain(drawn.collect::<Vec<_>>()) {
            assert!((ln(of) - of.ln()).abs() <= 4e-16 * of.ln().abs().max(1.0), "ln {of}");
        }
    }

    #[test]
    fn the_numbers_are_exponential() {
        let mut gaps = Exponential::new(2026);
        let drawn: Vec<f64> = (0..200_000).map(|_| gaps.draw()).collect();
        assert!(drawn.iter().all(|gap| gap.is_finite() && *gap >= 0.0));
        let share = |past: f64| drawn.iter().filter(|gap| **gap > past).count() as f64 / 200_000.0;
        // Five standard errors of a share of 200,000 are below 0.0056.
        for past in [0.1, 0.5, 1.0, 2.0, 4.0] {
            assert!((share(past) - (-past).exp()).abs() < 0.0056, "past {past}");
        }
    }

    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        let mut gaps = Exponential::new(1);
        let drawn: Vec<String> = (0..4).map(|_| format!("{:.12}", gaps.draw())).collect();
        insta::assert_debug_snapshot!(drawn);
    }
}
