//! A due time in eight bytes.

/// A due time in logical milliseconds, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Due(u64);

impl Due {
    pub(crate) const NEVER: Self = Self(u64::MAX);

    pub(crate) const fn at(ms: u64) -> Self {
        Self(ms)
    }

    pub(crate) const fn is_due(self, now_ms: u64) -> bool {
        self.0 != u64::MAX && self.0 <= now_ms
    }

    pub(crate) const fn is_set(self) -> bool {
        self.0 != u64::MAX
    }

    pub(crate) const fn ms(self) -> Option<u64> {
        if self.is_set() { Some(self.0) } else { None }
    }
}

impl Default for Due {
    fn default() -> Self {
        Self::NEVER
    }
}

pub(crate) const SECOND_MS: u64 = 1000;
pub(crate) const HOUR_MS: u64 = 60 * 60 * SECOND_MS;
pub(crate) const DAY_MS: u64 = 24 * HOUR_MS;
