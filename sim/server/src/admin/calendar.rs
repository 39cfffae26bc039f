//! Moments and days as the API writes them.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Instance Usage" (moments in ISO 8601, in UTC) and
//! "License Usage" (days).

use jiff::Timestamp;

/// A moment, to the second.
pub(super) fn iso_time(at_ms: u64) -> String {
    stamp(at_ms).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A day.
pub(super) fn iso_day(at_ms: u64) -> String {
    stamp(at_ms).strftime("%Y-%m-%d").to_string()
}

fn stamp(at_ms: u64) -> Timestamp {
    let stamp = i64::try_from(at_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    stamp.unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_in_utc_and_never_out_of_range() {
        assert_eq!(iso_time(1_780_000_000_999), "2026-05-28T20:26:40Z");
        assert_eq!(iso_day(1_780_000_000_999), "2026-05-28");
        assert!(iso_time(u64::MAX).starts_with("9999-"));
    }
}
