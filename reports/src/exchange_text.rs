//! The decoded bodies of an evidence exchange as indented JSON, in coloured pieces and within
//! limits.

use std::mem;

use serde::Serialize;
use serde_json::Value;

use crate::text::{cut, visible};

/// Members that say who sends, not what is asked or answered; a terminal has no room for them.
const ENVELOPE_MEMBERS: &[&str] = &["connect_info", "device_list"];

/// Characters of a member's name; the protocol's own are shorter.
const NAME_LETTERS_MAX: usize = 60;

/// How much of a body is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Lines of the whole.
    pub(crate) lines_max: usize,
    /// Characters of one text.
    pub(crate) text_letters_max: usize,
    /// Characters of a list or object that stays on one line.
    pub(crate) inline_letters_max: usize,
    /// Whether the members of the envelope are folded.
    pub(crate) folded: bool,
}

/// A piece of printed JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Piece {
    /// `key`, `text`, `word` (numbers, booleans, null), `note` (ours, not JSON); empty between.
    pub(crate) kind: &'static str,
    /// What is shown.
    pub(crate) text: String,
}

/// What the first line of the request asks for, for example `LICENSE_USAGE`.
pub(crate) fn request_type(request: &Value) -> Option<&str> {
    ["/license_data/0/request_type", "/request_type"]
        .iter()
        .find_map(|pointer| request.pointer(pointer).and_then(Value::as_str))
}

/// The body in pieces; a body that is no JSON is shown as the text it is.
pub(crate) fn pieces(body: &Value, limits: Limits) -> Vec<Piece> {
    let mut printer = Printer { limits, pieces: Vec::new(), between: String::new(), lines: 1 };
    let whole = match body {
        Value::Null => {
            printer.push("note", "none".to_owned());
            true
        }
        Value::String(text) => printer.plain(text),
        value => printer.value(value, Some(0)),
    };
    printer.finish(whole)
}

/// The same as lines without pieces.
pub(crate) fn lines(body: &Value, limits: Limits) -> Vec<String> {
    let text: String = pieces(body, limits).into_iter().map(|piece| piece.text).collect();
    text.lines().map(str::to_owned).collect()
}

struct Printer {
    limits: Limits,
    pieces: Vec<Piece>,
    between: String,
    lines: usize,
}

impl Printer {
    /// Prints a value, on one line when there is no depth; false when the limit of lines cut it.
    fn value(&mut self, value: &Value, depth: Option<usize>) -> bool {
        match value {
            Value::Array(items) if items.is_empty() => self.between.push_str("[]"),
            Value::Object(members) if members.is_empty() => self.between.push_str("{}"),
            Value::Array(items) => {
                let depth = depth.filter(|_| !self.fits(value));
                let items = items.iter().map(|item| (None, item));
                return self.block(['[', ']'], items, depth);
            }
            Value::Object(members) => {
                let depth = depth.filter(|_| !self.fits(value));
                let members = members.iter().map(|(name, value)| (Some(name.as_str()), value));
                return self.block(['{', '}'], members, depth);
            }
            Value::String(text) => self.push("text", quoted(text, self.limits.text_letters_max)),
            word => self.push("word", word.to_string()),
        }
        true
    }

    fn block<'a>(
        &mut self,
        [open, close]: [char; 2],
        items: impl Iterator<Item = (Option<&'a str>, &'a Value)>,
        depth: Option<usize>,
    ) -> bool {
        let inner = depth.map(|depth| depth + 1);
        self.between.push(open);
        for (index, (name, value)) in items.enumerate() {
            if index > 0 {
                self.between.push_str(if inner.is_some() { "," } else { ", " });
            }
            if !self.line(inner) {
                return false;
            }
            if let Some(name) = name {
                self.push("key", quoted(name, NAME_LETTERS_MAX));
                self.between.push_str(": ");
                if self.limits.folded && ENVELOPE_MEMBERS.contains(&name) {
                    self.push("note", "…".to_owned());
                    continue;
                }
            }
            if !self.value(value, inner) {
                return false;
            }
        }
        let room = self.line(depth);
        self.between.push(close);
        room
    }

    fn plain(&mut self, text: &str) -> bool {
        let mut lines = text.lines();
        for line in lines.by_ref().take(self.limits.lines_max) {
            self.between.push_str(&visible(&cut(line, self.limits.text_letters_max)));
            self.between.push('\n');
        }
        lines.next().is_none()
    }

    /// Whether a list or object is short enough for one line. Looks at no more than the limit.
    fn fits(&self, value: &Value) -> bool {
        fn length(value: &Value, left: usize) -> Option<usize> {
            let inner = |left: usize, name: usize, value| length(value, left.checked_sub(name)?);
            match value {
                Value::Array(items) => {
                    items.iter().try_fold(left.checked_sub(2)?, |left, item| inner(left, 2, item))
                }
                Value::Object(members) => {
                    members.iter().try_fold(left.checked_sub(2)?, |left, (name, value)| {
                        inner(left, name.len() + 6, value)
                    })
                }
                Value::String(text) => left.checked_sub(text.len() + 2),
                word => left.checked_sub(word.to_string().len()),
            }
        }
        length(value, self.limits.inline_letters_max).is_some()
    }

    fn line(&mut self, depth: Option<usize>) -> bool {
        let Some(depth) = depth else { return true };
        if self.lines >= self.limits.lines_max {
            return false;
        }
        self.lines += 1;
        self.between.push('\n');
        self.between.extend(std::iter::repeat_n("  ", depth));
        true
    }

    fn push(&mut self, kind: &'static str, text: String) {
        self.flush();
        self.pieces.push(Piece { kind, text });
    }

    fn flush(&mut self) {
        if !self.between.is_empty() {
            self.pieces.push(Piece { kind: "", text: mem::take(&mut self.between) });
        }
    }

    fn finish(mut self, whole: bool) -> Vec<Piece> {
        if !whole {
            if !self.between.ends_with('\n') {
                self.between.push('\n');
            }
            self.push("note", "… cut here".to_owned());
        }
        self.flush();
        self.pieces
    }
}

fn quoted(text: &str, letters_max: usize) -> String {
    let json = Value::from(cut(text, letters_max)).to_string();
    visible(&json).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ROOMY: Limits =
        Limits { lines_max: 100, text_letters_max: 40, inline_letters_max: 0, folded: false };

    #[test]
    fn a_body_reads_like_indented_json() {
        let body = json!({"a": [1, {"b": "c"}], "d": {}, "e": null});
        let pretty = serde_json::to_string_pretty(&body).expect("plain values always serialise");
        assert_eq!(lines(&body, ROOMY).join("\n"), pretty);
    }

    #[test]
    fn limits_cut_lines_texts_and_the_envelope() {
        let body = json!({"connect_info": {"name": "x"}, "long": "y".repeat(100), "last": 1});
        let tight = Limits { lines_max: 3, text_letters_max: 4, folded: true, ..ROOMY };
        let shown = lines(&body, tight);
        assert_eq!(
            shown,
            [
                "{",
                "  \"connect_info\": …,",
                "  \"long\": \"yyyy… (100 characters)\",",
                "… cut here"
            ]
        );
        let huge = Value::from(vec![0; 100_000]);
        assert_eq!(lines(&huge, tight).len(), 4);
    }

    #[test]
    fn a_short_list_or_object_stays_on_one_line() {
        let body = json!({"short": [1, {"b": "c"}], "longer": {"text": "y".repeat(20)}});
        let shown = lines(&body, Limits { inline_letters_max: 20, ..ROOMY });
        assert_eq!(shown[1], "  \"short\": [1, {\"b\": \"c\"}],");
        assert_eq!(shown.len(), 6);
    }

    #[test]
    fn a_body_that_is_no_json_is_shown_as_text() {
        assert_eq!(lines(&json!("<html>\n\u{1b}[2J"), ROOMY), ["<html>", "\\u{1b}[2J"]);
        assert_eq!(lines(&Value::Null, ROOMY), ["none"]);
    }

    #[test]
    fn the_request_type_is_that_of_the_first_line() {
        let line = json!({"license_data": [{"request_type": "POLL"}], "request_type": "HELLO"});
        assert_eq!(request_type(&line), Some("POLL"));
        assert_eq!(request_type(&json!({"request_type": "HELLO"})), Some("HELLO"));
        assert_eq!(request_type(&json!("This is the Smart Receiver!")), None);
    }
}
