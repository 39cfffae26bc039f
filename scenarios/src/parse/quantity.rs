//! Numbers with a unit that only loads have: rates, percentages, and times with a limit.

use crate::tree::{Node, Value};
use crate::vocabulary::{LOAD_MS_MAX, RATE_PER_S_MAX, RATE_PER_S_MIN};

use super::reader::Reader;
use super::scalar::{DURATION_HELP, duration_ms};

const RATE_HELP: &str = "a rate is a number and a unit, e.g. 500/s, 0.5/s, 30/min or 10/h";

impl Reader<'_> {
    /// Reads a rate of arrivals, per second; zero is one of them.
    pub(super) fn rate(&mut self, node: &Node) -> Option<f64> {
        let text = match &node.value {
            Value::Text(text) => text.clone(),
            Value::Integer(_) | Value::Float(_) => {
                let shown = self.source.slice(&node.span).trim().to_owned();
                let help = format!("write `{shown}/s`, `{shown}/min` or `{shown}/h`");
                self.problem(&node.span, format!("`{shown}` is a rate without a unit"), &help);
                return None;
            }
            _ => return self.expected(node, "a rate", RATE_HELP),
        };
        let Some(per_s) = rate_per_s(&text) else {
            self.problem(&node.span, format!("`{text}` is not a rate"), RATE_HELP);
            return None;
        };
        if per_s > RATE_PER_S_MAX || (per_s > 0.0 && per_s < RATE_PER_S_MIN) {
            let help = "a rate is at most 1000000/s, and 0/s or at least 1/h";
            self.problem(&node.span, format!("`{text}` is out of range"), help);
            return None;
        }
        Some(per_s)
    }

    /// Reads a rate at which somebody arrives.
    pub(super) fn rate_over_zero(&mut self, node: &Node) -> Option<f64> {
        let per_s = self.rate(node)?;
        if per_s == 0.0 {
            let shown = self.source.slice(&node.span).trim().to_owned();
            self.problem(&node.span, format!("`{shown}`: nobody arrives"), "write a higher rate");
            return None;
        }
        Some(per_s)
    }

    /// Reads a percentage from 0 to 100.
    pub(super) fn percent(&mut self, node: &Node) -> Option<f64> {
        let shown = self.source.slice(&node.span).trim().to_owned();
        let number = match &node.value {
            Value::Text(text) => text.strip_suffix('%').and_then(decimal),
            Value::Integer(_) | Value::Float(_) => {
                let help = format!("write `{shown}%`");
                self.problem(&node.span, format!("`{shown}` has no unit"), &help);
                return None;
            }
            _ => return self.expected(node, "a percentage", "e.g. 5% or 0.5%"),
        };
        match number {
            Some(number) if number <= 100.0 => return Some(number),
            Some(_) => {
                let help = "a percentage is from 0% to 100%";
                self.problem(&node.span, format!("`{shown}` is out of range"), help);
            }
            None => {
                let help = "e.g. 5% or 0.5%, of the instances";
                self.problem(&node.span, format!("`{shown}` is not a percentage"), help);
            }
        }
        None
    }

    /// Reads a time of a load, in milliseconds, of at least `least_ms`.
    pub(super) fn load_time(&mut self, node: &Node, least_ms: u64) -> Option<u64> {
        let shown = self.source.slice(&node.span).trim().to_owned();
        let ms = match &node.value {
            Value::Text(text) => duration_ms(text),
            Value::Integer(_) | Value::Float(_) => None,
            _ => return self.expected(node, "a duration", DURATION_HELP),
        };
        match ms {
            None => {
                self.problem(&node.span, format!("`{shown}` is not a duration"), DURATION_HELP);
                None
            }
            Some(ms) if ms < least_ms || ms > LOAD_MS_MAX => {
                let least = if least_ms == 0 { "0s" } else { "1ms" };
                let help = format!("a duration from {least} to 31d can stand here");
                self.problem(&node.span, format!("`{shown}` is out of range"), &help);
                None
            }
            Some(ms) => Some(ms),
        }
    }
}

/// Arrivals or exchanges per second of `500/s`, `0.5/s`, `30/min`, `10/h`.
pub(super) fn rate_per_s(text: &str) -> Option<f64> {
    let (number, unit) = text.split_once('/')?;
    let unit_s = match unit {
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3_600.0,
        _ => return None,
    };
    Some(decimal(number)? / unit_s)
}

/// A number of digits, with at most one point between them.
fn decimal(text: &str) -> Option<f64> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let good = match text.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(text),
    };
    let number = good.then(|| text.parse().ok())?;
    number.filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::rate_per_s;

    #[test]
    fn rates_are_per_second_whatever_their_unit() {
        assert_eq!(rate_per_s("500/s"), Some(500.0));
        assert_eq!(rate_per_s("0.5/s"), Some(0.5));
        assert_eq!(rate_per_s("30/min"), Some(0.5));
        assert_eq!(rate_per_s("1800/h"), Some(0.5));
        assert_eq!(rate_per_s("0/s"), Some(0.0));
    }

    #[test]
    fn other_texts_are_no_rates() {
        let long = "9".repeat(400) + "/s";
        for text in ["", "/s", "5", "5/", "5/m", "5 /s", ".5/s", "5./s", "-5/s", "1e3/s", &long] {
            assert_eq!(rate_per_s(text), None, "{text}");
        }
    }
}
