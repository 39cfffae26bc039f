//! The saved form of an agent: what the bytes are made of, and how untrusted ones are read.
//!
//! Numbers are LEB128, lists and texts carry their length, an option is one byte and its content.
//! Every length is bounded by the bytes that are left, so nothing allocates ahead of its input.

use std::num::NonZeroU64;
use std::sync::Arc;

use compact_str::CompactString;
use muster_wire::{PollId, TrustId};

use crate::timer::Due;

/// The saved form of a struct: its members in the order given.
macro_rules! saved_struct {
    ($name:ty { $($member:tt),+ $(,)? }) => {
        impl $crate::saved::Saved for $name {
            fn save(&self, out: &mut Vec<u8>) {
                $($crate::saved::Saved::save(&self.$member, out);)+
            }

            fn restore(
                from: &mut $crate::saved::Bytes<'_>,
            ) -> Result<Self, $crate::saved::SavedFault> {
                Ok(Self { $($member: $crate::saved::Saved::restore(from)?),+ })
            }
        }
    };
}

/// The saved form of an enum without content: its place in a list of every value.
macro_rules! saved_enum {
    ($name:ty, $all:expr) => {
        impl $crate::saved::Saved for $name {
            fn save(&self, out: &mut Vec<u8>) {
                let at = $all.iter().position(|value| value == self);
                let at = at.expect("the list holds every value");
                $crate::saved::Saved::save(&(at as u64), out);
            }

            fn restore(
                from: &mut $crate::saved::Bytes<'_>,
            ) -> Result<Self, $crate::saved::SavedFault> {
                let at = u8::restore(from)?;
                let value = $all.get(usize::from(at)).copied();
                value.ok_or(from.impossible(stringify!($name)))
            }
        }
    };
}

pub(crate) use {saved_enum, saved_struct};

/// Why saved bytes are not an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SavedFault {
    /// The bytes end inside a value.
    #[error("the bytes end at {at} inside a value")]
    Short {
        /// Offset of the end.
        at: usize,
    },
    /// Bytes follow the last value.
    #[error("{count} bytes follow the end at {at}")]
    Trailing {
        /// Offset where they begin.
        at: usize,
        /// How many there are.
        count: usize,
    },
    /// Another layout than this release writes.
    #[error("version {found} of the layout, expected {expected}")]
    Version {
        /// Version in the bytes.
        found: u64,
        /// Version this release writes.
        expected: u64,
    },
    /// Saved for another platform, seed, index or signing mode.
    #[error("saved for another {what}")]
    Foreign {
        /// What differs.
        what: &'static str,
    },
    /// A value no agent could have.
    #[error("{what} before byte {at} is impossible")]
    Impossible {
        /// Which value.
        what: &'static str,
        /// Offset behind it.
        at: usize,
    },
}

/// A value with a saved form.
pub(crate) trait Saved: Sized {
    fn save(&self, out: &mut Vec<u8>);
    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault>;
}

/// Untrusted bytes and a place in them.
pub(crate) struct Bytes<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    pub(crate) const fn new(all: &'a [u8]) -> Self {
        Self { all, at: 0 }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], SavedFault> {
        let taken = self.at.checked_add(count).and_then(|end| self.all.get(self.at..end));
        let taken = taken.ok_or(SavedFault::Short { at: self.all.len() })?;
        self.at += count;
        Ok(taken)
    }

    pub(crate) fn chunk<const N: usize>(&mut self) -> Result<[u8; N], SavedFault> {
        Ok(self.take(N)?.try_into().expect("as many bytes were taken"))
    }

    /// A length, of which each unit takes at least one byte.
    fn length(&mut self) -> Result<usize, SavedFault> {
        let length = u64::restore(self)?;
        let left = self.all.len() - self.at;
        match usize::try_from(length) {
            Ok(length) if length <= left => Ok(length),
            _ => Err(SavedFault::Short { at: self.all.len() }),
        }
    }

    pub(crate) const fn impossible(&self, what: &'static str) -> SavedFault {
        SavedFault::Impossible { what, at: self.at }
    }

    pub(crate) const fn end(&self) -> Result<(), SavedFault> {
        let count = self.all.len() - self.at;
        if count == 0 { Ok(()) } else { Err(SavedFault::Trailing { at: self.at, count }) }
    }

    /// Checks a restored value.
    pub(crate) const fn check(&self, holds: bool, what: &'static str) -> Result<(), SavedFault> {
        if holds { Ok(()) } else { Err(self.impossible(what)) }
    }
}

impl Saved for u64 {
    fn save(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        out.push(rest.to_le_bytes()[0]);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        let (mut value, mut shift) = (0_u64, 0_u32);
        loop {
            let byte = from.take(1)?[0];
            let part = Self::from(byte & 0x7f);
            // One spelling per number: nothing past 64 bits, and no needless zero at the end.
            if shift == 63 && part > 1 || (byte == 0 && shift > 0) {
                return Err(from.impossible("a number"));
            }
            value |= part << shift;
            if byte < 0x80 {
                return Ok(value);
            }
            shift += 7;
            if shift > 63 {
                return Err(from.impossible("a number"));
            }
        }
    }
}

macro_rules! as_u64 {
    ($($number:ty),+) => {$(
        impl Saved for $number {
            fn save(&self, out: &mut Vec<u8>) {
                u64::from(*self).save(out);
            }

            fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
                Self::try_from(u64::restore(from)?).map_err(|_| from.impossible("a number"))
            }
        }
    )+};
}

as_u64!(u8, u16, u32);

impl Saved for bool {
    fn save(&self, out: &mut Vec<u8>) {
        out.push((*self).into());
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        match from.take(1)?[0] {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(from.impossible("a flag")),
        }
    }
}

impl Saved for i64 {
    fn save(&self, out: &mut Vec<u8>) {
        // Zigzag: small numbers of either sign stay short.
        let value = (self << 1) ^ (self >> 63);
        u64::from_le_bytes(value.to_le_bytes()).save(out);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        let value = u64::restore(from)?;
        let half = Self::from_le_bytes((value >> 1).to_le_bytes());
        Ok(if value & 1 == 1 { !half } else { half })
    }
}

impl Saved for i32 {
    fn save(&self, out: &mut Vec<u8>) {
        i64::from(*self).save(out);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        Self::try_from(i64::restore(from)?).map_err(|_| from.impossible("a number"))
    }
}

impl Saved for Due {
    fn save(&self, out: &mut Vec<u8>) {
        self.ms().save(out);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        let ms = Option::<u64>::restore(from)?;
        from.check(ms != Some(u64::MAX), "a time")?;
        Ok(ms.map_or(Self::NEVER, Self::at))
    }
}

impl<T: Saved> Saved for Option<T> {
    fn save(&self, out: &mut Vec<u8>) {
        self.is_some().save(out);
        if let Some(value) = self {
            value.save(out);
        }
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        bool::restore(from)?.then(|| T::restore(from)).transpose()
    }
}

impl<T: Saved> Saved for Box<T> {
    fn save(&self, out: &mut Vec<u8>) {
        (**self).save(out);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        T::restore(from).map(Self::new)
    }
}

impl<T: Saved> Saved for Arc<T> {
    fn save(&self, out: &mut Vec<u8>) {
        (**self).save(out);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        T::restore(from).map(Self::new)
    }
}

impl Saved for NonZeroU64 {
    fn save(&self, out: &mut Vec<u8>) {
        self.get().save(out);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        Self::new(u64::restore(from)?).ok_or(from.impossible("a number"))
    }
}

saved_struct!(TrustId { 0 });
saved_struct!(PollId { 0 });

impl<T: Saved> Saved for Vec<T> {
    fn save(&self, out: &mut Vec<u8>) {
        (self.len() as u64).save(out);
        for item in self {
            item.save(out);
        }
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        let length = from.length()?;
        let mut items = Self::new();
        for _ in 0..length {
            items.push(T::restore(from)?);
        }
        items.shrink_to_fit();
        Ok(items)
    }
}

impl<T: Saved + Copy + Default, const N: usize> Saved for [T; N] {
    fn save(&self, out: &mut Vec<u8>) {
        for item in self {
            item.save(out);
        }
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        let mut items = [T::default(); N];
        for item in &mut items {
            *item = T::restore(from)?;
        }
        Ok(items)
    }
}

impl Saved for String {
    fn save(&self, out: &mut Vec<u8>) {
        save_text(self, out);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        let length = from.length()?;
        let text = std::str::from_utf8(from.take(length)?);
        text.map(str::to_owned).map_err(|_| from.impossible("a text"))
    }
}

impl Saved for Box<str> {
    fn save(&self, out: &mut Vec<u8>) {
        save_text(self, out);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        String::restore(from).map(Into::into)
    }
}

impl Saved for CompactString {
    fn save(&self, out: &mut Vec<u8>) {
        save_text(self, out);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        String::restore(from).map(Into::into)
    }
}

pub(crate) fn save_text(text: &str, out: &mut Vec<u8>) {
    (text.len() as u64).save(out);
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn back<T: Saved + PartialEq + std::fmt::Debug>(value: &T) {
        let mut bytes = Vec::new();
        value.save(&mut bytes);
        let mut from = Bytes::new(&bytes);
        assert_eq!(T::restore(&mut from).as_ref(), Ok(value));
        assert_eq!(from.end(), Ok(()));
        for length in 0..bytes.len() {
            assert!(T::restore(&mut Bytes::new(&bytes[..length])).is_err(), "{length}");
        }
    }

    proptest! {
        #[test]
        fn values_come_back(number: u64, signed: i64, small: i32, text: String, list: Vec<u16>) {
            back(&number);
            back(&signed);
            back(&small);
            back(&text);
            back(&Some(list));
            back(&[number, 0, u64::MAX]);
        }
    }

    #[test]
    fn a_number_has_one_spelling() {
        for bytes in [vec![0x80, 0], vec![0xff; 10], vec![0xff; 11], vec![0x80; 9]] {
            assert!(u64::restore(&mut Bytes::new(&bytes)).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_length_past_the_end_allocates_nothing() {
        let mut bytes = Vec::new();
        u64::MAX.save(&mut bytes);
        let fault = Err(SavedFault::Short { at: bytes.len() });
        assert_eq!(Vec::<u64>::restore(&mut Bytes::new(&bytes)), fault);
    }
}
