//! The right side of a gate: a latency, a share, a throughput, a count or a size.

use crate::model::{Bound, Metric, SIZES, TIMES};
use crate::vocabulary::COUNTS;

use super::super::quantity::rate_per_s;
use super::super::reader::nearest;
use super::{Fault, Part};

/// Most digits of a number: as many as a whole number of 64 bits always holds.
const DIGITS_MAX: usize = 18;

/// Reads what `metric` is compared with.
pub(super) fn read(metric: &Metric, part: Part<'_>) -> Result<Bound, Fault> {
    match metric {
        Metric::Latency { .. } => {
            amount(part, TIMES, "a latency", "us, ms, s or m").map(Bound::Micros)
        }
        Metric::Rss => {
            amount(part, SIZES, "a size", "KB, MB, GB, KiB, MiB or GiB").map(Bound::Bytes)
        }
        Metric::ErrorShare { .. } => share(part),
        Metric::Throughput { .. } => throughput(part),
        Metric::Count(_) => count(part),
    }
}

fn is_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '.' | ',' | '_')
}

/// The number at the start of a part, and what follows it.
fn number_and_rest<'t>(
    part: Part<'t>,
    what: &str,
    e_g: &str,
) -> Result<(Part<'t>, Part<'t>), Fault> {
    let (number, rest) = part.split(|c| !is_number(c));
    if number.text.is_empty() {
        return Err(part.fault(&format!("`{}` is not {what}", part.text), e_g));
    }
    let is_decimal = match number.text.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(number.text),
    };
    if !is_decimal {
        let plain = number.text.replace([',', '_'], "");
        let help = match digits(&plain) {
            true => format!("write it without separators: {plain}"),
            false => "a number has digits, and at most one point with digits on both sides".into(),
        };
        return Err(number.fault(&format!("`{}` is not a number", number.text), &help));
    }
    if number.text.len() > DIGITS_MAX {
        let help = format!("a number has at most {DIGITS_MAX} digits");
        return Err(number.fault("this number is too long", &help));
    }
    Ok((number, rest))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number and a unit, as a whole number of the smallest unit.
fn amount(part: Part<'_>, units: &[(&str, u64)], what: &str, list: &str) -> Result<u64, Fault> {
    let (number, unit) = number_and_rest(part, what, &format!("write a number and {list}"))?;
    if unit.text.is_empty() {
        let help = format!("write {list} after it");
        return Err(number.fault(&format!("`{}` has no unit", number.text), &help));
    }
    let Some((_, size)) = units.iter().find(|(name, _)| *name == unit.text) else {
        let names: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
        let help = match nearest(unit.text, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write {list}"),
        };
        return Err(unit.fault(&format!("unknown unit `{}`", unit.text), &help));
    };
    let (whole, fraction) = number.text.split_once('.').unwrap_or((number.text, ""));
    let mantissa: u128 = format!("{whole}{fraction}").parse().expect("it is a few digits");
    let scale = 10_u128.pow(u32::try_from(fraction.len()).expect("it is a few digits"));
    let scaled = mantissa * u128::from(*size);
    let smallest = units.last().map_or("", |(name, _)| *name);
    if !scaled.is_multiple_of(scale) {
        let help = format!("the smallest unit is {smallest}");
        return Err(part.fault("this is finer than anything measured", &help));
    }
    u64::try_from(scaled / scale)
        .map_err(|_| part.fault("this is more than anything measured", "lower it"))
}

fn share(part: Part<'_>) -> Result<Bound, Fault> {
    let help = "a share is a number from 0 to 1, or in percent: 0.1%";
    let (number, unit) = number_and_rest(part, "a share", help)?;
    let value: f64 = number.text.parse().expect("it is a decimal number");
    match unit.text {
        "" => Ok(Bound::Number(value)),
        "%" => Ok(Bound::Number(value / 100.0)),
        _ => Err(unit.fault(&format!("unknown unit `{}`", unit.text), help)),
    }
}

fn throughput(part: Part<'_>) -> Result<Bound, Fault> {
    let help = "a throughput is a number of exchanges per second, e.g. 500/s";
    let (number, unit) = number_and_rest(part, "a throughput", help)?;
    if unit.text.is_empty() {
        return Ok(Bound::Number(number.text.parse().expect("it is a decimal number")));
    }
    let written: String = format!("{}{}", number.text, unit.text);
    let rate = rate_per_s(&written.replace(' ', ""));
    rate.map(Bound::Number)
        .ok_or_else(|| unit.fault(&format!("unknown unit `{}`", unit.text), help))
}

fn count(part: Part<'_>) -> Result<Bound, Fault> {
    if COUNTS.contains(&part.text) {
        return Ok(Bound::Count(part.text.to_owned()));
    }
    if part.text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let help = match nearest(part.text, COUNTS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("a whole number, or one of {}", COUNTS.join(", ")),
        };
        return Err(part.fault(&format!("unknown count `{}`", part.text), &help));
    }
    let help = "a count is a whole number, or another count such as instances";
    let (number, rest) = number_and_rest(part, "a count", help)?;
    if !rest.text.is_empty() {
        return Err(rest.fault(&format!("`{}` does not go with a count", rest.text), help));
    }
    if number.text.contains('.') {
        return Err(number.fault(&format!("`{}` is not a whole number", number.text), help));
    }
    Ok(Bound::Number(number.text.parse().expect("it is a few digits")))
}
