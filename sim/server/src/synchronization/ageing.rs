//! How old the last synchronization of an account is, and what follows.
//!
//! Source: SSM On-Prem 7 User Guide, "Synchronization Alerts" (minor from 30 to 89 days, major from
//! 90 to 364, no more at 365).

use serde::{Deserialize, Serialize};

const DAY_MS: u64 = 86_400_000;

/// The age of the last synchronization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ageing {
    #[default]
    Fresh,
    OverdueMinor,
    OverdueMajor,
    /// Neither synchronization nor service is possible.
    Dead,
}

/// The table: from so many days on.
const TABLE: [(u64, Ageing); 4] = [
    (365, Ageing::Dead),
    (90, Ageing::OverdueMajor),
    (30, Ageing::OverdueMinor),
    (0, Ageing::Fresh),
];

impl Ageing {
    /// After whole days without synchronization.
    pub(crate) fn after_days(days: u64) -> Self {
        let row = TABLE.iter().find(|(from, _)| days >= *from);
        row.map_or(Self::Fresh, |(_, ageing)| *ageing)
    }

    /// The word for people.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::OverdueMinor => "overdue_minor",
            Self::OverdueMajor => "overdue_major",
            Self::Dead => "dead",
        }
    }
}

/// Whole days between two times.
pub(crate) fn days_between(earlier_ms: u64, later_ms: u64) -> u64 {
    later_ms.saturating_sub(earlier_ms) / DAY_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_ages_at_30_90_and_365_days() {
        let ages = [0, 29, 30, 89, 90, 364, 365, 10_000].map(Ageing::after_days);
        let expected = [
            Ageing::Fresh,
            Ageing::Fresh,
            Ageing::OverdueMinor,
            Ageing::OverdueMinor,
            Ageing::OverdueMajor,
            Ageing::OverdueMajor,
            Ageing::Dead,
            Ageing::Dead,
        ];
        assert_eq!(ages, expected);
        assert_eq!(days_between(5, 5 + 30 * DAY_MS - 1), 29);
        assert_eq!(days_between(10, 5), 0);
    }
}
