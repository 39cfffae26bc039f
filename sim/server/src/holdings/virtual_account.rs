//! How many accounts there may be.

use super::Holdings;

/// Virtual accounts at a time (documented).
const VIRTUAL_ACCOUNTS_MAX: usize = 1_000;

/// More accounts than there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyAccounts {
    pub(crate) what: &'static str,
    pub(crate) count: usize,
    pub(crate) count_max: usize,
}

#[cfg(test)]
impl super::AccountNumber {
    /// The account's position, counted from 0.
    pub(crate) fn position(self) -> usize {
        self.0
    }
}

impl Holdings {
    /// Whether there are no more accounts than there may be.
    pub(crate) fn check_limits(&self) -> Result<(), TooManyAccounts> {
        let (count, count_max) = (self.numbers().count(), VIRTUAL_ACCOUNTS_MAX);
        if count > count_max {
            return Err(TooManyAccounts { what: "virtual accounts", count, count_max });
        }
        Ok(())
    }
}
