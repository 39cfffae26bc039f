//! One gate as text: a measure, a comparison and a bound, as in `p99(report usage) < 250ms`.

mod bound;
mod measure;
mod sense;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::model::{Bound, Comparison, Metric};

/// What is wrong with a gate; `at` is a place in its text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

/// What a gate says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Terms {
    pub(super) metric: Metric,
    pub(super) comparison: Comparison,
    pub(super) bound: Bound,
}

pub(super) const FORM_HELP: &str =
    "a gate is a measure, a comparison and a bound, e.g. p99(report usage) < 250ms";

/// What a comparison is written with here, and elsewhere.
const SIGNS: [char; 6] = ['<', '>', '=', '!', '≤', '≥'];

/// Reads a gate; a good one may still be senseless.
pub(super) fn read(text: &str) -> Result<Terms, Fault> {
    let whole = Part { at: 0, text };
    let Some(start) = text.find(SIGNS) else {
        return Err(whole.trimmed().fault("this compares nothing", FORM_HELP));
    };
    let after = text[start..].find(|c| !SIGNS.contains(&c)).map_or(text.len(), |at| start + at);
    let left = whole.cut(0..start).trimmed();
    let sign = whole.cut(start..after);
    let right = whole.cut(after..text.len()).trimmed();
    let second = [right.text.find(SIGNS), right.text.find("&&"), right.text.find("||")];
    if let Some(at) = second.into_iter().flatten().min() {
        let rest = right.cut(at..right.text.len());
        let help = "write each comparison as a gate of its own";
        return Err(rest.fault("a gate is one comparison, and here a second one starts", help));
    }
    let comparison = comparison(sign)?;
    if left.text.is_empty() {
        return Err(sign.fault("nothing is measured here", FORM_HELP));
    }
    if right.text.is_empty() {
        return Err(sign.fault("there is nothing to compare with", FORM_HELP));
    }
    if left.text.starts_with(|c: char| c.is_ascii_digit()) {
        let help = format!("write `{} {} {}`", right.text, turned(comparison), left.text);
        return Err(left.fault("a gate begins with what is measured", &help));
    }
    let metric = measure::read(left)?;
    let bound = bound::read(&metric, right)?;
    Ok(Terms { metric, comparison, bound })
}

/// Why a gate that can be read is no use: it can never hold, or never fail.
pub(super) fn senseless(text: &str, terms: &Terms) -> Option<Fault> {
    let (message, help) = sense::verdict(terms)?;
    Some(Part { at: 0, text }.trimmed().fault(message, &help))
}

fn comparison(sign: Part<'_>) -> Result<Comparison, Fault> {
    let found = Comparison::ALL.into_iter().find(|comparison| comparison.sign() == sign.text);
    found.ok_or_else(|| {
        let help = match sign.text {
            "=" | "===" => "`==` compares",
            "=<" | "≤" => "write `<=`",
            "=>" | "≥" => "write `>=`",
            _ => "comparisons: <, <=, ==, >=, >",
        };
        sign.fault(&format!("`{}` is not a comparison", sign.text), help)
    })
}

/// The comparison with its sides exchanged.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Equal => Comparison::Equal,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        Comparison::Greater => Comparison::Less,
    }
}

/// A part of a gate's text and where it starts.
#[derive(Debug, Clone, Copy)]
struct Part<'t> {
    at: usize,
    text: &'t str,
}

impl<'t> Part<'t> {
    fn trimmed(self) -> Self {
        let blanks = self.text.len() - self.text.trim_start().len();
        Self { at: self.at + blanks, text: self.text.trim() }
    }

    /// A part of this part; `range` lies in it, between characters.
    fn cut(self, range: Range<usize>) -> Self {
        Self { at: self.at + range.start, text: &self.text[range] }
    }

    /// Two parts: all characters up to the first that `stop` knows, and the rest, trimmed.
    fn split(self, stop: impl Fn(char) -> bool) -> (Self, Self) {
        let end = self.text.find(stop).unwrap_or(self.text.len());
        (self.cut(0..end), self.cut(end..self.text.len()).trimmed())
    }

    fn fault(self, message: &str, help: &str) -> Fault {
        let at = self.at..self.at + self.text.len();
        Fault { at, message: message.to_owned(), help: help.to_owned() }
    }
}
