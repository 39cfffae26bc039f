//! The date of a Call Home message: `YYYY-MM-DD HH:MM:SS GMT+00:00`.
//!
//! Source: Cisco CSR 1000V Software Configuration Guide, "Call Home", message sample.

use super::FORMAT;
use crate::Error;

const DAY_S: u64 = 86_400;
/// Days of 400 years, after which the calendar repeats.
const ERA_DAYS: u64 = 146_097;
/// Days from 0000-03-01, where the count below begins, to 1970-01-01.
const EPOCH_DAYS: u64 = 719_468;
/// Last second of the year 9999, past which the form has no room.
const LAST_S: u64 = 253_402_300_799;

/// The text for a time; times past the year 9999 give its last second.
pub fn creation_date(epoch_s: u64) -> String {
    let epoch_s = epoch_s.min(LAST_S);
    let (days, second) = (epoch_s / DAY_S + EPOCH_DAYS, epoch_s % DAY_S);
    // Years begin in March here, so that a leap day is the last of its year.
    let day_of_era = days % ERA_DAYS;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - days_before_year(year_of_era);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = days / ERA_DAYS * 400 + year_of_era + u64::from(month >= 10);
    let month = if month < 10 { month + 3 } else { month - 9 };
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} GMT+00:00")
}

/// Seconds since the epoch of a text in that form; any offset is taken.
pub fn epoch_s(text: &str) -> Result<u64, Error> {
    let expected = "YYYY-MM-DD HH:MM:SS GMT+HH:MM";
    parse(text).ok_or_else(|| Error::malformed(FORMAT, "CreationDate", text, expected))
}

fn parse(text: &str) -> Option<u64> {
    let bytes: &[u8; 29] = text.as_bytes().try_into().ok()?;
    let marks = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':'), (26, b':')];
    if marks.iter().any(|(at, mark)| bytes[*at] != *mark) || &bytes[19..23] != b" GMT" {
        return None;
    }
    let number = |from: usize, to: usize, min: u64, max: u64| {
        let digits = &bytes[from..to];
        let plain = digits.iter().all(u8::is_ascii_digit);
        let value = digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        (plain && (min..=max).contains(&value)).then_some(value)
    };
    let (year, month) = (number(0, 4, 1_970, 9_999)?, number(5, 7, 1, 12)?);
    let day = number(8, 10, 1, month_days(year, month))?;
    let (hour, minute) = (number(11, 13, 0, 23)?, number(14, 16, 0, 59)?);
    let second = number(17, 19, 0, 59)?;
    let offset = number(24, 26, 0, 14)? * 3_600 + number(27, 29, 0, 59)? * 60;
    let (march_year, march_month) =
        if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let era_days = march_year / 400 * ERA_DAYS;
    let days = era_days + days_before_year(march_year % 400) + day_of_year - EPOCH_DAYS;
    let local = days * DAY_S + hour * 3_600 + minute * 60 + second;
    match bytes[23] {
        b'+' => local.checked_sub(offset),
        b'-' => local.checked_add(offset),
        _ => None,
    }
}

/// Days before the `year`th year of an era.
fn days_before_year(year: u64) -> u64 {
    year * 365 + year / 4 - year / 100
}

fn month_days(year: u64, month: u64) -> u64 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_dates_are_written_and_read() {
        for (at, text) in [
            (0, "1970-01-01 00:00:00 GMT+00:00"),
            (951_782_400, "2000-02-29 00:00:00 GMT+00:00"),
            (1_370_401_896, "2013-06-05 03:11:36 GMT+00:00"),
            (1_767_225_600, "2026-01-01 00:00:00 GMT+00:00"),
            (4_107_542_399, "2100-02-28 23:59:59 GMT+00:00"),
            (LAST_S, "9999-12-31 23:59:59 GMT+00:00"),
        ] {
            assert_eq!(creation_date(at), text);
            assert_eq!(epoch_s(text), Ok(at));
        }
        assert_eq!(creation_date(u64::MAX), creation_date(LAST_S));
    }

    #[test]
    fn an_offset_is_taken_into_account() {
        assert_eq!(epoch_s("2013-06-05 05:11:36 GMT+02:00"), Ok(1_370_401_896));
        assert_eq!(epoch_s("2013-06-04 22:41:36 GMT-04:30"), Ok(1_370_401_896));
    }

    #[test]
    fn dates_that_are_none_are_refused() {
        for text in [
            "",
            "2013-06-05",
            "2013-06-31 00:00:00 GMT+00:00",
            "2100-02-29 00:00:00 GMT+00:00",
            "2013-13-01 00:00:00 GMT+00:00",
            "2013-06-05 24:00:00 GMT+00:00",
            "2013-06-05 00:00:00 UTC+00:00",
            "1969-12-31 00:00:00 GMT+00:00",
            "1970-01-01 00:00:00 GMT+01:00",
            "2013-06-05 00:00:00 GMT*00:00",
            "2é13-06-05 00:00:00 GMT+00:0",
        ] {
            assert!(epoch_s(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_second_round_trips(at in 0..=LAST_S) {
            prop_assert_eq!(epoch_s(&creation_date(at)), Ok(at));
        }
    }
}
