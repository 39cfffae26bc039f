//! The agent's own small generator: seeded, eight bytes, for nonces and jitter. Not for secrets.

/// SplitMix64 (Steele, Lea, Flood 2014): one addition and three mixes per number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) const fn new(state: u64) -> Self {
        Self(state)
    }

    pub(crate) const fn state(&self) -> u64 {
        self.0
    }

    pub(crate) const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number from 0 to `bound`, inclusive.
    pub(crate) const fn up_to(&mut self, bound: u64) -> u64 {
        // The bias of a remainder is far below what a jitter could show.
        match bound.checked_add(1) {
            Some(count) => self.next_u64() % count,
            None => self.next_u64(),
        }
    }
}

/// Spreads every input bit over the whole output; a bijection.
pub(crate) const fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        let mut rng = Rng::new(1_234_567);
        assert_eq!(rng.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next_u64(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn bounds_are_inclusive_and_reached() {
        let mut rng = Rng::new(1);
        let drawn: Vec<u64> = (0..200).map(|_| rng.up_to(3)).collect();
        for number in 0..=3 {
            assert!(drawn.contains(&number));
        }
        assert!(drawn.iter().all(|number| *number <= 3));
        assert_eq!(rng.up_to(0), 0);
        rng.up_to(u64::MAX);
    }
}
