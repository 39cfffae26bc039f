//! Single values: text, flags, numbers, words, durations, JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use crate::tree::{Node, Value};

use super::reader::Reader;

/// Longest duration: a hundred years, far beyond every documented timer.
const DURATION_MS_MAX: u64 = 100 * 365 * 86_400_000;

pub(super) const DURATION_HELP: &str =
    "a duration is a number and a unit, e.g. 90s, 15m, 8h, 30d, 500ms, or several: 1h30m";

impl Reader<'_> {
    pub(super) fn text(&mut self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) if text.trim().is_empty() => {
                self.problem(&node.span, "expected text, found only blanks", "");
                None
            }
            Value::Text(text) => Some(text.clone()),
            Value::Flag(_) | Value::Integer(_) | Value::Float(_) => {
                self.expected(node, "text", "put it in quotes")
            }
            _ => self.expected(node, "text", ""),
        }
    }

    pub(super) fn flag(&mut self, node: &Node) -> Option<bool> {
        match node.value {
            Value::Flag(flag) => Some(flag),
            _ => self.expected(node, "true or false", ""),
        }
    }

    /// Reads a whole number from `min` to `max`.
    pub(super) fn integer<N: TryFrom<i128>>(
        &mut self,
        node: &Node,
        min: i128,
        max: i128,
    ) -> Option<N> {
        let Value::Integer(number) = node.value else {
            return self.expected(node, "a whole number", "");
        };
        let in_range = (min..=max).contains(&number).then_some(number);
        let read = in_range.and_then(|number| N::try_from(number).ok());
        if read.is_none() {
            let help = format!("a number from {min} to {max} can stand here");
            self.problem(&node.span, format!("{number} is out of range"), &help);
        }
        read
    }

    /// Reads one of a few words.
    pub(super) fn word(&mut self, node: &Node, words: &[&str]) -> Option<String> {
        let text = self.text(node)?;
        if words.contains(&text.as_str()) {
            return Some(text);
        }
        self.unknown(&node.span, "word", &text, words);
        None
    }

    /// Reads a list.
    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.value {
            Value::List(items) => Some(items),
            _ => self.expected(node, &format!("a list of {what}"), "start each with `- `"),
        }
    }

    /// Accepts an argument that says nothing.
    pub(super) fn nothing(&mut self, node: &Node, action: &str) -> Option<()> {
        match &node.value {
            Value::Null => Some(()),
            Value::Map(entries) if entries.is_empty() => Some(()),
            _ => {
                let message = format!("`{action}` takes no argument, found {}", node.kind());
                self.problem(&node.span, message, "modifiers stand beside it, at its column");
                None
            }
        }
    }

    /// Reads a duration over zero, in milliseconds.
    pub(super) fn duration(&mut self, node: &Node) -> Option<u64> {
        let ms = match &node.value {
            Value::Text(text) => duration_ms(text),
            Value::Integer(_) | Value::Float(_) => None,
            _ => return self.expected(node, "a duration", DURATION_HELP),
        };
        match ms {
            Some(ms) if ms > 0 => Some(ms),
            _ => {
                let shown = self.source.slice(&node.span).trim().to_owned();
                self.problem(&node.span, format!("`{shown}` is not a duration"), DURATION_HELP);
                None
            }
        }
    }

    /// Reads a duration with an optional sign, in milliseconds.
    pub(super) fn signed_duration(&mut self, node: &Node) -> Option<i64> {
        let help = "e.g. -2h for two hours slow, 2h for two hours fast";
        let Value::Text(text) = &node.value else {
            return self.expected(node, "a duration", help);
        };
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let ms = duration_ms(digits).and_then(|ms| i64::try_from(ms).ok());
        if ms.is_none() {
            self.problem(&node.span, format!("`{text}` is not a duration"), help);
        }
        ms.map(|ms| sign * ms)
    }

    /// Reads a JSON pointer.
    pub(super) fn pointer(&mut self, node: &Node) -> Option<String> {
        let text = self.text(node)?;
        if text.starts_with('/') {
            return Some(text);
        }
        let help = "it starts with `/`, e.g. /license_data/0/poll_id";
        self.problem(&node.span, format!("`{text}` is not a JSON pointer"), help);
        None
    }

    /// Reads bytes written as base64; blanks and line ends in it do not count.
    pub(super) fn base64(&mut self, node: &Node) -> Option<Vec<u8>> {
        let mut text = self.text(node)?;
        text.retain(|c| !c.is_ascii_whitespace());
        let bytes = STANDARD.decode(text).ok();
        if bytes.is_none() {
            self.problem(&node.span, "this is not base64", "use the standard alphabet, with `=`");
        }
        bytes
    }

    /// Reads any JSON value; text inside is checked as a template.
    pub(super) fn json(&mut self, node: &Node) -> Option<Json> {
        Some(match &node.value {
            Value::Null => Json::Null,
            Value::Flag(flag) => Json::Bool(*flag),
            Value::Integer(number) => match (u64::try_from(*number), i64::try_from(*number)) {
                (Ok(number), _) => number.into(),
                (_, Ok(number)) => number.into(),
                _ => return self.expected(node, "a number that JSON can carry", "quote it"),
            },
            Value::Float(number) => (*number).into(),
            Value::Text(_) => self.template(node)?.into(),
            Value::List(items) => items.iter().filter_map(|item| self.json(item)).collect(),
            Value::Map(_) => self
                .named(node, "a mapping")?
                .into_iter()
                .filter_map(|(key, value)| Some((key.name.clone(), self.json(value)?)))
                .collect(),
        })
    }
}

/// Milliseconds of `8h`, `1h30m`, `500ms`; none when it is no duration or over the limit.
pub fn duration_ms(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit_ms = match &rest[..letters] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        rest = &rest[letters..];
        total = total.checked_add(number.checked_mul(unit_ms)?)?;
    }
    (!text.is_empty() && total <= DURATION_MS_MAX).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::duration_ms;

    #[test]
    fn durations_add_their_parts() {
        assert_eq!(duration_ms("8h"), Some(28_800_000));
        assert_eq!(duration_ms("1h30m"), Some(5_400_000));
        assert_eq!(duration_ms("500ms"), Some(500));
        assert_eq!(duration_ms("0s"), Some(0));
    }

    #[test]
    fn other_texts_are_no_durations() {
        let huge = "99999999999999999999d";
        for text in ["", "8", "h", "8 h", "8y", "-8h", "8.5h", "8h!", "36501d", huge, "8ü"] {
            assert_eq!(duration_ms(text), None, "{text}");
        }
    }
}
