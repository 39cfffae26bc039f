//! Measured values in words: in the unit of the gate, three digits, and never rounded across the
//! bound, because `250 ms` beside `< 250ms` met would be read as a mistake.

use muster_scenarios::model::{Comparison, Gate};

use super::as_float;

/// Decimals at most; further digits of a measurement mean nothing.
const DECIMALS_MAX: usize = 9;

/// Durations by unit, microseconds.
const DURATIONS: &[(&str, u64)] = &[
    ("us", 1),
    ("µs", 1),
    ("ms", 1_000),
    ("s", 1_000_000),
    ("m", 60_000_000),
    ("min", 60_000_000),
    ("h", 3_600_000_000),
];

/// Sizes by unit, bytes.
const SIZES: &[(&str, u64)] = &[
    ("B", 1),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// A duration of `micros`, for example `213 ms`.
pub(super) fn duration(micros: f64, bound: u64, gate: &Gate) -> String {
    let fallback = match bound {
        0..1_000 => "us",
        1_000..10_000_000 => "ms",
        _ => "s",
    };
    let (unit, one) = unit_of(gate, DURATIONS, fallback);
    let number = number(micros / one, as_float(bound) / one);
    format!("{number} {unit}")
}

/// A size of `bytes`, for example `312 MB`.
pub(super) fn size(bytes: u64, bound: u64, gate: &Gate) -> String {
    let (unit, one) = unit_of(gate, SIZES, "MB");
    let number = number(as_float(bytes) / one, as_float(bound) / one);
    format!("{number} {unit}")
}

/// A share in percent, for example `0.02 %`.
pub(super) fn share(share: f64, bound: f64) -> String {
    format!("{} %", number(share * 100.0, bound * 100.0))
}

/// A rate, for example `1,203/s`.
pub(super) fn rate(per_s: f64, bound: f64) -> String {
    format!("{}/s", number(per_s, bound))
}

/// A count beside the count it must reach (`49,998 of 50,000`) or stay below (`3 (errors: 7)`).
pub(super) fn count_against(actual: u64, bound: u64, name: &str, comparison: Comparison) -> String {
    let (actual, bound) = (grouped(actual), grouped(bound));
    match comparison {
        Comparison::Equal | Comparison::GreaterOrEqual => format!("{actual} of {bound}"),
        Comparison::Less | Comparison::LessOrEqual | Comparison::Greater => {
            format!("{actual} ({name}: {bound})")
        }
    }
}

/// A whole number with its thousands apart, for example `50,000`.
pub fn grouped(number: u64) -> String {
    group(&number.to_string())
}

fn group(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The unit the gate's text ends with, and how much one of it is.
fn unit_of<'a>(gate: &Gate, units: &'a [(&'a str, u64)], fallback: &'static str) -> (&'a str, f64) {
    let bound = gate.text.rsplit(['<', '>', '=']).next().unwrap_or_default();
    let written = bound.trim().trim_start_matches(|c: char| !c.is_alphabetic());
    let named = |name: &str| units.iter().find(|(unit, _)| unit.eq_ignore_ascii_case(name));
    let (unit, one) =
        named(written).or_else(|| named(fallback)).expect("the fallback is one of the units");
    (unit, as_float(*one))
}

/// Three digits at least, and more of them until the text stands on the same side of the bound as
/// the value.
fn number(value: f64, bound: f64) -> String {
    let whole_digits = if value >= 1.0 { value.log10() as usize + 1 } else { 0 };
    let mut decimals = if value == 0.0 { 0 } else { 3_usize.saturating_sub(whole_digits) };
    if value > 0.0 && value < 1.0 {
        let leading_zeros = (-value.log10()).floor() as usize;
        decimals = (decimals + leading_zeros).min(DECIMALS_MAX);
    }
    let mut text = format!("{value:.decimals$}");
    let side = value.partial_cmp(&bound);
    let misleads = |text: &str| text.parse::<f64>().is_ok_and(|v| v.partial_cmp(&bound) != side);
    while decimals < DECIMALS_MAX && misleads(&text) {
        decimals += 1;
        text = format!("{value:.decimals$}");
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    match fraction.trim_end_matches('0') {
        "" => group(whole),
        fraction => format!("{}.{fraction}", group(whole)),
    }
}
