//! When accounts synchronize by themselves.
//!
//! Source: SSM On-Prem 7 User Guide, "Synchronization Schedule", "Enabling Scheduled
//! Synchronizations" (daily, weekly or monthly, at an hour and a minute). Assumed: times are UTC;
//! a month without the day takes its last one; weeks start on Monday.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

/// Without a schedule, this long after the last one was completed (documented).
pub(crate) const DEFAULT_INTERVAL_MS: u64 = 30 * 86_400_000;

/// How often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Frequency {
    /// 30 days after the last one.
    #[default]
    Default,
    Daily,
    Weekly,
    Monthly,
}

/// The server's schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schedule {
    pub(crate) enabled: bool,
    #[serde(default)]
    pub(crate) frequency: Frequency,
    /// 0 to 23.
    #[serde(default)]
    pub(crate) hour: u8,
    /// 0 to 59.
    #[serde(default)]
    pub(crate) minute: u8,
    /// 1 (Monday) to 7 of a weekly, 1 to 31 of a monthly schedule.
    #[serde(default = "first")]
    pub(crate) day: u8,
}

fn first() -> u8 {
    1
}

impl Default for Schedule {
    fn default() -> Self {
        Self { enabled: true, frequency: Frequency::Default, hour: 0, minute: 0, day: 1 }
    }
}

impl Schedule {
    /// What is wrong with it.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        if self.hour > 23 || self.minute > 59 {
            return Some("the time of day is 0 to 23 hours and 0 to 59 minutes");
        }
        let days = if self.frequency == Frequency::Weekly { 1..=7 } else { 1..=31 };
        let fits = days.contains(&self.day);
        (!fits).then_some("the day is 1 to 7 of a week or 1 to 31 of a month")
    }

    /// The first time after the last synchronization; none when it is off.
    pub(crate) fn next_ms(&self, last_ms: u64) -> Option<u64> {
        if !self.enabled {
            return None;
        }
        if self.frequency == Frequency::Default {
            return Some(last_ms.saturating_add(DEFAULT_INTERVAL_MS));
        }
        let last = Timestamp::from_millisecond(i64::try_from(last_ms).ok()?).ok()?;
        let last = last.to_zoned(TimeZone::UTC);
        let next = self.after(&last)?;
        u64::try_from(next.timestamp().as_millisecond()).ok()
    }

    /// None past the end of the calendar.
    fn after(&self, last: &Zoned) -> Option<Zoned> {
        let hour = i8::try_from(self.hour).ok()?;
        let minute = i8::try_from(self.minute).ok()?;
        let at = |day: &Zoned| day.with().time(jiff::civil::time(hour, minute, 0, 0)).build().ok();
        let mut day = match self.frequency {
            Frequency::Monthly => last.first_of_month().ok()?,
            _ => last.clone(),
        };
        // Two months or eight days ahead there is always one.
        for _ in 0..9 {
            let candidate = match self.frequency {
                Frequency::Monthly => {
                    let date = i8::try_from(self.day).ok()?.min(day.days_in_month());
                    at(&day.with().day(date).build().ok()?)?
                }
                _ => at(&day)?,
            };
            let fits = match self.frequency {
                Frequency::Weekly => candidate.weekday() == self.weekday()?,
                _ => true,
            };
            if fits && candidate > *last {
                return Some(candidate);
            }
            let step = if self.frequency == Frequency::Monthly { 1.month() } else { 1.day() };
            day = day.checked_add(step).ok()?;
        }
        None
    }

    fn weekday(&self) -> Option<Weekday> {
        Weekday::from_monday_one_offset(i8::try_from(self.day).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> u64 {
        u64::try_from(text.parse::<Timestamp>().unwrap().as_millisecond()).unwrap()
    }

    fn next(frequency: Frequency, day: u8, last: &str) -> String {
        let schedule = Schedule { enabled: true, frequency, hour: 3, minute: 30, day };
        assert_eq!(schedule.fault(), None);
        let next = i64::try_from(schedule.next_ms(ms(last)).unwrap()).unwrap();
        Timestamp::from_millisecond(next).unwrap().to_string()
    }

    #[test]
    fn without_a_schedule_the_next_one_is_30_days_after_the_last() {
        let schedule = Schedule::default();
        assert_eq!(schedule.next_ms(7), Some(7 + 30 * 86_400_000));
        assert_eq!(Schedule { enabled: false, ..schedule }.next_ms(7), None);
    }

    #[test]
    fn a_schedule_names_the_next_day_and_time() {
        use Frequency::{Daily, Monthly, Weekly};
        for (frequency, day, last, expected) in [
            (Daily, 1, "2026-05-28T03:29:59Z", "2026-05-28T03:30:00Z"),
            (Daily, 1, "2026-05-28T03:30:00Z", "2026-05-29T03:30:00Z"),
            // 2026-05-28 is a Thursday.
            (Weekly, 4, "2026-05-28T00:00:00Z", "2026-05-28T03:30:00Z"),
            (Weekly, 1, "2026-05-28T00:00:00Z", "2026-06-01T03:30:00Z"),
            (Monthly, 15, "2026-05-28T00:00:00Z", "2026-06-15T03:30:00Z"),
            (Monthly, 31, "2026-01-31T04:00:00Z", "2026-02-28T03:30:00Z"),
        ] {
            assert_eq!(next(frequency, day, last), expected, "{frequency:?} after {last}");
        }
    }

    #[test]
    fn times_that_are_none_are_named() {
        let schedule = Schedule::default();
        assert!(Schedule { hour: 24, ..schedule }.fault().is_some());
        assert!(Schedule { minute: 60, ..schedule }.fault().is_some());
        assert!(Schedule { day: 0, ..schedule }.fault().is_some());
        let weekly = Schedule { frequency: Frequency::Weekly, day: 8, ..schedule };
        assert!(weekly.fault().is_some());
        let daily = Schedule { frequency: Frequency::Daily, ..schedule };
        assert_eq!(daily.next_ms(u64::MAX), None);
    }
}
