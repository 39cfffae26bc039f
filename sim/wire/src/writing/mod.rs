//! JSON written straight into one text, byte for byte as serde writes the same value.
//!
//! The types derive `Serialize`, which is the definition; a property compares the two. Written
//! by hand because flattened members make serde treat every key as data.

mod envelope;
mod report;

use compact_str::CompactString;
use serde_json::Value;

use crate::sixteen::{Marks, Places, Sixteen};
use crate::{Extra, Sudi};

/// A value that writes itself as JSON.
pub(crate) trait Write {
    fn write(&self, out: &mut String);
}

/// `value` as JSON. `capacity` saves the text from growing.
pub(crate) fn json(value: &impl Write, capacity: usize) -> String {
    let mut out = String::with_capacity(capacity);
    value.write(&mut out);
    out
}

/// One object on its way; each name is given with quotes and colon.
struct Object<'a> {
    out: &'a mut String,
    next: char,
}

impl<'a> Object<'a> {
    fn begin(out: &'a mut String) -> Self {
        Self { out, next: '{' }
    }

    fn name(&mut self, name: &'static str) -> &mut String {
        self.out.push(self.next);
        self.next = ',';
        self.out.push_str(name);
        self.out
    }

    fn member(&mut self, name: &'static str, value: &impl Write) {
        value.write(self.name(name));
    }

    fn text(&mut self, name: &'static str, value: &str) {
        text(self.name(name), value);
    }

    /// Left out when there is none.
    fn optional(&mut self, name: &'static str, value: Option<&impl Write>) {
        if let Some(value) = value {
            self.member(name, value);
        }
    }

    /// Left out when there is none.
    fn optional_text(&mut self, name: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// The unknown members, then the end.
    fn end(mut self, extra: &Extra) {
        for (key, value) in extra {
            let out = self.name("");
            text(out, key);
            out.push(':');
            value.write(out);
        }
        self.close();
    }

    fn close(self) {
        if self.next == '{' {
            self.out.push('{');
        }
        self.out.push('}');
    }
}

/// `items` in brackets.
fn list<'a, T: Write + 'a>(out: &mut String, items: impl IntoIterator<Item = &'a T>) {
    let mut next = '[';
    for item in items {
        out.push(next);
        next = ',';
        item.write(out);
    }
    if next == '[' {
        out.push('[');
    }
    out.push(']');
}

/// `text` in quotes.
pub(crate) fn text(out: &mut String, text: &str) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut from = 0;
    for at in Places::of(text.as_bytes(), is_escaped) {
        out.push_str(&text[from..at]);
        from = at;
        match text.as_bytes()[at] {
            // Stays as it is behind the backslash.
            b'"' | b'\\' => out.push('\\'),
            byte => {
                escape(out, byte);
                from += 1;
            }
        }
    }
    out.push_str(&text[from..]);
    out.push('"');
}

/// What cannot stand in a JSON string as it is.
#[inline]
pub(crate) fn is_escaped(bytes: Sixteen) -> Marks {
    bytes.below(0x20).or(bytes.equal(b'"')).or(bytes.equal(b'\\'))
}

fn escape(out: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match byte {
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        0x08 => out.push_str("\\b"),
        0x0c => out.push_str("\\f"),
        _ => {
            out.push_str("\\u00");
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

impl Write for u64 {
    fn write(&self, out: &mut String) {
        out.push_str(itoa::Buffer::new().format(*self));
    }
}

impl Write for bool {
    fn write(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

impl Write for CompactString {
    fn write(&self, out: &mut String) {
        text(out, self);
    }
}

impl Write for Value {
    fn write(&self, out: &mut String) {
        match self {
            Self::String(value) => text(out, value),
            Self::Object(members) => Object::begin(out).end(members),
            Self::Array(items) => list(out, items),
            Self::Null | Self::Bool(_) | Self::Number(_) => {
                out.push_str(&serde_json::to_string(self).expect("a plain value serialises"));
            }
        }
    }
}

impl Write for Sudi {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("\"udi_pid\":", &self.udi_pid);
        object.text("\"udi_serial_number\":", &self.udi_serial_number);
        object.end(&self.extra);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_are_written_as_serde_writes_them(
            value in prop_oneof![any::<String>(), "[ -~]{0,80}", "[\u{0}-\u{30}\"\\\\é]{0,90}"],
        ) {
            let mut out = String::new();
            text(&mut out, &value);
            prop_assert_eq!(out, serde_json::to_string(&value).unwrap());
        }

        #[test]
        fn numbers_are_written_as_serde_writes_them(value: u64) {
            for value in [value, value % 100, u64::MAX, 0] {
                prop_assert_eq!(json(&value, 0), value.to_string());
            }
        }
    }
}
