//! Times as an instance prints them, in UTC.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const SECOND_MS: u64 = 1000;

/// `Sep 16 16:30:16 2024 UTC`, or `<none>`.
pub(super) fn stamp(at_ms: Option<u64>) -> String {
    at_ms.and_then(|at_ms| written(at_ms, "%b %d %H:%M:%S %Y UTC")).unwrap_or("<none>".to_owned())
}

/// As [`stamp`], from seconds since the epoch.
pub(super) fn stamp_s(at_s: u64) -> String {
    stamp(at_s.checked_mul(SECOND_MS))
}

/// `2024-09-16 16:30:16.236 UTC`, as the event log has it.
pub(super) fn event_stamp(at_ms: u64) -> String {
    written(at_ms, "%Y-%m-%d %H:%M:%S.%3f UTC").unwrap_or("<none>".to_owned())
}

/// `29 days, 21 hours, 25 minutes, 29 seconds`, from the largest unit that is not zero.
pub(super) fn span(ms: u64) -> String {
    let seconds = ms / SECOND_MS;
    let units = [
        (seconds / 86_400, "days"),
        (seconds / 3600 % 24, "hours"),
        (seconds / 60 % 60, "minutes"),
        (seconds % 60, "seconds"),
    ];
    let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(units.len() - 1);
    let parts: Vec<_> =
        units[first..].iter().map(|(count, unit)| format!("{count} {unit}")).collect();
    parts.join(", ")
}

/// None for times past what a calendar holds.
fn written(at_ms: u64, format: &str) -> Option<String> {
    let time = Timestamp::from_millisecond(i64::try_from(at_ms).ok()?).ok()?;
    Some(time.to_zoned(TimeZone::UTC).strftime(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_look_as_in_the_samples() {
        assert_eq!(stamp(Some(1_726_504_216_236)), "Sep 16 16:30:16 2024 UTC");
        assert_eq!(stamp(Some(1_644_229_931_000)), "Feb 07 10:32:11 2022 UTC");
        assert_eq!(event_stamp(1_726_504_216_036), "2024-09-16 16:30:16.036 UTC");
        assert_eq!(stamp(None), "<none>");
        assert_eq!(stamp(Some(u64::MAX)), "<none>");
        assert_eq!(stamp_s(u64::MAX), "<none>");
        assert_eq!(event_stamp(u64::MAX), "<none>");
    }

    #[test]
    fn spans_begin_with_the_largest_unit() {
        assert_eq!(span(28_999), "28 seconds");
        assert_eq!(span(2_585_129_000), "29 days, 22 hours, 5 minutes, 29 seconds");
        assert_eq!(span(86_400_000), "1 days, 0 hours, 0 minutes, 0 seconds");
        assert_eq!(span(0), "0 seconds");
    }
}
