//! Figures scaled for people: three digits and the unit that suits them, thousands apart, and no
//! rounding that turns something into nothing or into everything.

/// Latencies by unit: name, how many microseconds, below how many of it the unit is used.
const DURATIONS: &[(&str, f64, f64)] = &[
    ("us", 1.0, 1e3),
    ("ms", 1e3, 1e3),
    ("s", 1e6, 1e4),
    ("h", 3.6e9, 1e3),
    ("d", 8.64e10, f64::INFINITY),
];

/// Decimal units, as memory and disk makers and gates count.
const BYTES: &[(&str, f64, f64)] = &[
    ("B", 1.0, 1e3),
    ("kB", 1e3, 1e3),
    ("MB", 1e6, 1e3),
    ("GB", 1e9, 1e3),
    ("TB", 1e12, f64::INFINITY),
];

/// Counts too long for their column.
const COUNTS: &[(&str, f64, f64)] =
    &[("k", 1e3, 1e3), ("M", 1e6, 1e3), ("G", 1e9, 1e3), ("T", 1e12, f64::INFINITY)];

/// Spans by unit, milliseconds, the largest first.
const SPANS: &[(&str, u64)] = &[("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)];

/// Below this a span is shown like a latency, milliseconds.
const SHORT_SPAN_MS: u64 = 120_000;

/// A latency from microseconds, for example `41.3 ms`; at most eight characters up to a year.
pub(crate) fn duration(us: u64) -> String {
    scaled(us as f64, DURATIONS)
}

/// A round latency at an axis from microseconds, for example `20 ms`.
pub(crate) fn round_duration(us: f64) -> String {
    let (unit, one, _) = unit_of(us, DURATIONS);
    format!("{} {unit}", plain(us / one))
}

/// How long something took or lasted, from milliseconds, for example `41.3 s` or `8 h 20 min`.
pub(crate) fn span(ms: u64) -> String {
    if ms < SHORT_SPAN_MS {
        return duration(ms.saturating_mul(1_000));
    }
    let first = SPANS.iter().position(|(_, one)| ms >= *one).unwrap_or_default();
    let (unit, one) = SPANS[first];
    let mut text = format!("{} {unit}", grouped(ms / one));
    if let Some((unit, smaller)) = SPANS.get(first + 1) {
        let rest = ms % one / smaller;
        if rest > 0 {
            text.push_str(&format!(" {rest} {unit}"));
        }
    }
    text
}

/// A size, for example `312 MB`.
pub(crate) fn bytes(bytes: u64) -> String {
    scaled(bytes as f64, BYTES)
}

/// A whole number with its thousands apart, for example `50,000`.
pub(crate) fn grouped(number: u64) -> String {
    group(&number.to_string())
}

/// A count in at most `letters_max` characters, for example `1.23 M` where `1,234,567` is too long.
pub(crate) fn grouped_within(number: u64, letters_max: usize) -> String {
    let text = grouped(number);
    if text.len() <= letters_max { text } else { scaled(number as f64, COUNTS) }
}

/// How many per second, for example `3,662` or `0.25`; none when no time passed.
pub(crate) fn per_second(count: u64, ms: u64) -> Option<String> {
    (ms > 0).then(|| three_digits(count as f64 * 1_000.0 / ms as f64).1)
}

/// A part as a percentage that is 0 for nothing and 100 for everything only; none of nothing.
pub(crate) fn share(part: u64, whole: u64) -> Option<String> {
    let percent = part as f64 * 100.0 / whole as f64;
    let text = match (part, whole) {
        (_, 0) => return None,
        (0, _) => "0 %".to_owned(),
        (part, whole) if part == whole => "100 %".to_owned(),
        _ if percent < 0.01 => "< 0.01 %".to_owned(),
        _ if percent > 99.99 && part < whole => "> 99.99 %".to_owned(),
        _ if !(10.0..=99.0).contains(&percent) => format!("{percent:.2} %"),
        _ => format!("{percent:.1} %"),
    };
    Some(text)
}

/// A number without digits that say nothing, for example `0.5` or `2,000`.
pub(crate) fn plain(number: f64) -> String {
    // Nine decimals hide what binary fractions add to decimal ones.
    let text = format!("{number:.9}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text.split_once('.') {
        None => group(text),
        Some((whole, fraction)) => format!("{}.{fraction}", group(whole)),
    }
}

fn scaled(value: f64, units: &[(&'static str, f64, f64)]) -> String {
    let (unit, one, _) = unit_of(value, units);
    let digits = if one > 1.0 { three_digits(value / one).1 } else { plain(value) };
    format!("{digits} {unit}")
}

/// The unit in which the rounded value stays below the limit.
fn unit_of(value: f64, units: &[(&'static str, f64, f64)]) -> (&'static str, f64, f64) {
    let fits = |(_, one, limit): &&(&'static str, f64, f64)| three_digits(value / one).0 < *limit;
    *units.iter().find(fits).or(units.last()).expect("a scale has units")
}

/// A value in three digits, or all whole ones when there are more of them, and the value so shown.
fn three_digits(value: f64) -> (f64, String) {
    let decimals: i32 = match value {
        value if value == 0.0 || value >= 99.95 => 0,
        value if value >= 9.995 => 1,
        value if value >= 0.9995 => 2,
        value if value >= 0.01 => 3,
        _ => 4,
    };
    let shift = 10_f64.powi(decimals);
    let rounded = (value * shift).round() / shift;
    let text = match usize::try_from(decimals) {
        Ok(0) | Err(_) => group(&format!("{rounded:.0}")),
        Ok(decimals) => format!("{rounded:.decimals$}"),
    };
    (rounded, text)
}

fn group(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_has_three_digits_and_the_unit_that_suits_it() {
        let shown =
            [0, 7, 999, 1_000, 12_340, 250_499, 999_499, 999_500, 41_250_000, 1_020_400_000];
        assert_eq!(
            shown.map(duration),
            [
                "0 us", "7 us", "999 us", "1.00 ms", "12.3 ms", "250 ms", "999 ms", "1.00 s",
                "41.3 s", "1,020 s"
            ]
        );
        assert_eq!(duration(10_000_000_000), "2.78 h");
        assert_eq!(duration(30 * 86_400_000_000), "720 h");
        assert_eq!(duration(u64::MAX), "213,503,982 d");
    }

    #[test]
    fn every_latency_below_a_month_fits_its_column() {
        let mut us = 1_u64;
        while us < 31 * 86_400_000_000 {
            assert!(duration(us).len() <= 7, "{us}: {}", duration(us));
            us += us / 7 + 1;
        }
    }

    #[test]
    fn a_span_names_its_two_largest_units() {
        let shown = [0, 350, 41_250, 119_999, 120_000, 725_000, 30_000_000, 3_600_000];
        assert_eq!(
            shown.map(span),
            ["0 us", "350 ms", "41.3 s", "120 s", "2 min", "12 min 5 s", "8 h 20 min", "1 h"]
        );
        assert_eq!(span(30 * 86_400_000), "30 d");
        assert_eq!(span(u64::MAX), "213,503,982,334 d 14 h");
    }

    #[test]
    fn sizes_and_counts_are_scaled_by_thousands() {
        assert_eq!([0, 999, 1_000, 6_240].map(bytes), ["0 B", "999 B", "1.00 kB", "6.24 kB"]);
        assert_eq!([312_400_000, 1 << 40].map(bytes), ["312 MB", "1.10 TB"]);
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(grouped_within(1_234_567, 9), "1,234,567");
        assert_eq!(grouped_within(1_234_567, 8), "1.23 M");
        assert_eq!(grouped_within(u64::MAX, 8), "18,446,744 T");
    }

    #[test]
    fn a_rate_needs_time() {
        assert_eq!(per_second(5, 0), None);
        assert_eq!(per_second(0, 10).as_deref(), Some("0"));
        assert_eq!(per_second(151_202, 41_290).as_deref(), Some("3,662"));
        assert_eq!(per_second(1, 4_000).as_deref(), Some("0.250"));
        assert_eq!(per_second(1, 1_000_000).as_deref(), Some("0.0010"));
    }

    #[test]
    fn a_share_is_nothing_or_everything_only_when_it_is() {
        assert_eq!(share(0, 0), None);
        let shown =
            [(0, 5), (5, 5), (1, 100_000), (99_999, 100_000), (1, 200), (1, 3), (996, 1_000)];
        let shown = shown.map(|(part, whole)| share(part, whole).expect("of something"));
        assert_eq!(shown, ["0 %", "100 %", "< 0.01 %", "> 99.99 %", "0.50 %", "33.3 %", "99.60 %"]);
    }

    #[test]
    fn a_tick_has_no_digits_that_say_nothing() {
        let shown = [1.0, 200.0, 5_000.0, 20_000.0, 1e6, 1e10];
        assert_eq!(
            shown.map(round_duration),
            ["1 us", "200 us", "5 ms", "20 ms", "1 s", "2.777777778 h"]
        );
        assert_eq!([0.5, 2_000.0, 0.1 + 0.2].map(plain), ["0.5", "2,000", "0.3"]);
    }
}
