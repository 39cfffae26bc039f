//! Where bytes of a kind stand in a text, found sixteen at a time.

use wide::u8x16;

const LENGTH: usize = 16;

/// Sixteen bytes of a text. Past its end they are spaces, which no kind asks for.
#[derive(Clone, Copy)]
pub(crate) struct Sixteen(u8x16);

impl Sixteen {
    #[inline]
    fn at(bytes: &[u8], at: usize) -> Self {
        let rest = &bytes[at..];
        match rest.first_chunk() {
            Some(whole) => Self(u8x16::new(*whole)),
            None => Self(u8x16::new(padded(rest))),
        }
    }

    /// A mark for each byte that is `byte`.
    #[inline]
    pub(crate) fn equal(self, byte: u8) -> Marks {
        Marks(self.0.simd_eq(u8x16::splat(byte)))
    }

    /// A mark for each byte below `byte`, which is not 0.
    #[inline]
    pub(crate) fn below(self, byte: u8) -> Marks {
        Marks(self.0.min(u8x16::splat(byte - 1)).simd_eq(self.0))
    }
}

/// Fewer than sixteen bytes, and spaces. Both ends are read at a fixed length and overlap: a copy
/// of any length is a call.
#[inline(never)]
fn padded(rest: &[u8]) -> [u8; LENGTH] {
    const SPACES: u128 = u128::from_ne_bytes([b' '; LENGTH]);
    let bits = 8 * rest.len();
    let text = if let (Some(first), Some(last)) = (rest.first_chunk(), rest.last_chunk()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        u128::from(first) | u128::from(last) << (bits - 64)
    } else if let (Some(first), Some(last)) = (rest.first_chunk(), rest.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        u128::from(first) | u128::from(last) << (bits - 32)
    } else {
        rest.iter().rev().fold(0, |text, byte| text << 8 | u128::from(*byte))
    };
    // Fewer than sixteen bytes: the shift is less than the width.
    (text | SPACES << bits).to_le_bytes()
}

/// Which of sixteen bytes are of a kind.
#[derive(Clone, Copy)]
pub(crate) struct Marks(u8x16);

impl Marks {
    /// Those marked here or there.
    #[inline]
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The places of all bytes of a kind in a text, in order.
pub(crate) struct Places<'a, K> {
    bytes: &'a [u8],
    kind: K,
    /// Where the sixteen bytes stand that `left` is about.
    at: usize,
    /// Marks not given yet.
    left: u32,
}

impl<'a, K: Fn(Sixteen) -> Marks> Places<'a, K> {
    #[inline]
    pub(crate) fn of(bytes: &'a [u8], kind: K) -> Self {
        let left = kind(Sixteen::at(bytes, 0)).0.to_bitmask();
        Self { bytes, kind, at: 0, left }
    }
}

impl<K: Fn(Sixteen) -> Marks> Iterator for Places<'_, K> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.at += LENGTH;
            if self.at >= self.bytes.len() {
                self.at = self.bytes.len();
                return None;
            }
            self.left = (self.kind)(Sixteen::at(self.bytes, self.at)).0.to_bitmask();
        }
        let place = self.at + self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_place_is_found_and_no_other(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..70),
                prop::collection::vec(prop::sample::select(b"ab\"\n\x00\xff ".to_vec()), 0..70),
            ],
        ) {
            let kind = |sixteen: Sixteen| sixteen.below(0x20).or(sixteen.equal(b'"'));
            let found: Vec<_> = Places::of(&bytes, kind).collect();
            let is_of_kind = |at: &usize| bytes[*at] < 0x20 || bytes[*at] == b'"';
            let expected: Vec<_> = (0..bytes.len()).filter(is_of_kind).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
