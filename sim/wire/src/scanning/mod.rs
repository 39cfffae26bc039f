//! The usual JSON of requests and answers read in one pass, borrowing from the text.
//!
//! What is unusual (an unknown member, an escape, a fault) gives none, and the caller reads it
//! with serde, which alone defines what is accepted and how faults are called. A property compares
//! the two wherever this gives something.

mod acknowledgement;
mod answer;
mod report;
mod request;
mod trust_request;

pub(crate) use acknowledgement::acknowledgement_data;
pub(crate) use answer::smart_answer;
pub(crate) use report::{rum_payload, rum_report};
pub(crate) use request::{smart_request, system_info};
pub(crate) use trust_request::trust_entries;

use serde_json::Value;

use crate::Extra;
use crate::sixteen::Places;
use crate::writing::is_escaped;

/// Nesting of values that can be anything. With what is around them it stays below what serde is
/// let read.
const VALUE_DEPTH_MAX: usize = 8;

/// Reads an object whose members are known, given in the order in which they are usually written:
/// the name that should come is compared in place, and only another one is read. Gives none from
/// the function around it when anything is unusual.
macro_rules! members {
    ($scan:ident { $($name:literal => $take:expr),+ $(,)? }) => {
        if !$scan.takes(b'{') {
            return None;
        }
        let (mut is_open, mut usual) = (!$scan.takes(b'}'), 0);
        while is_open {
            // Which member the name that was read is.
            let mut read = None;
            loop {
                let mut at = 0;
                $(
                    if match read {
                        Some(read) => read == at,
                        None => usual <= at && $scan.takes_name(concat!("\"", $name, "\":")),
                    } {
                        usual = at + 1;
                        $take?;
                        break;
                    }
                    at += 1;
                )+
                let name = $scan.name()?;
                read = Some((0..at).zip([$($name),+]).find(|(_, known)| *known == name)?.0);
            }
            is_open = $scan.takes(b',');
            if !is_open && !$scan.takes(b'}') {
                return None;
            }
        }
    };
}

use members;

/// A place in a text of JSON.
struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    /// Reads a whole text.
    fn whole<T>(text: &'a str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let mut scan = Scan { text, at: 0 };
        let value = read(&mut scan)?;
        scan.blanks();
        (scan.at == text.len()).then_some(value)
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    #[inline]
    fn takes(&mut self, byte: u8) -> bool {
        // Mostly there are none.
        if self.takes_here(byte) {
            return true;
        }
        self.blanks();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    #[inline]
    fn word(&mut self, word: &str) -> bool {
        self.blanks();
        let found = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// A text without escapes.
    fn text(&mut self) -> Option<&'a str> {
        if !self.takes(b'"') {
            return None;
        }
        let from = self.at;
        let length = Places::of(&self.text.as_bytes()[from..], is_escaped).next()?;
        self.at += length;
        self.takes_here(b'"').then(|| &self.text[from..from + length])
    }

    /// A text in which quotes and backslashes are escaped, and nothing else: JSON inside JSON.
    fn quoted_text(&mut self) -> Option<String> {
        if !self.takes(b'"') {
            return None;
        }
        let text = &self.text[self.at..];
        let bytes = text.as_bytes();
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        let mut places = Places::of(bytes, is_escaped);
        loop {
            let at = places.next()?;
            out.push_str(&text[from..at]);
            match bytes[at] {
                b'"' => {
                    self.at += at + 1;
                    return Some(out);
                }
                // What is escaped begins the next run.
                b'\\' if places.next()? == at + 1 && bytes[at + 1] >= b' ' => from = at + 1,
                _ => return None,
            }
        }
    }

    /// Any value, nested as deep as the usual ones are.
    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > VALUE_DEPTH_MAX {
            return None;
        }
        self.blanks();
        match self.peek()? {
            b'"' => self.text().map(Value::from),
            b'0'..=b'9' => self.number().map(Value::from),
            b'[' => self.items(|scan| scan.value(depth + 1)).map(Value::Array),
            b'n' => self.word("null").then_some(Value::Null),
            b'{' => {
                let mut members = Extra::new();
                self.members(|scan, name| {
                    let before = members.insert(name.to_owned(), scan.value(depth + 1)?);
                    before.is_none().then_some(())
                })?;
                Some(Value::Object(members))
            }
            _ => self.truth().map(Value::Bool),
        }
    }

    #[inline]
    fn takes_here(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn number(&mut self) -> Option<u64> {
        self.blanks();
        let begins = self.at;
        let mut number: u64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
            self.at += 1;
        }
        let digits = &self.text.as_bytes()[begins..self.at];
        let unusual = matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        (!unusual && matches!(digits, [b'1'..=b'9', ..] | b"0")).then_some(number)
    }

    fn truth(&mut self) -> Option<bool> {
        if self.word("true") {
            return Some(true);
        }
        self.word("false").then_some(false)
    }

    /// `null`, or what `read` takes.
    fn or_null<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.word("null") { Some(None) } else { read(self).map(Some) }
    }

    /// The name of a member.
    fn name(&mut self) -> Option<&'a str> {
        let name = self.text()?;
        self.takes(b':').then_some(name)
    }

    /// A member's name with its quotes and colon, as they stand without blanks.
    #[inline]
    fn takes_name(&mut self, name: &'static str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(name.as_bytes());
        self.at += if found { name.len() } else { 0 };
        found
    }

    /// An object; `member` takes the value of each name.
    fn members(&mut self, mut member: impl FnMut(&mut Self, &str) -> Option<()>) -> Option<()> {
        if !self.takes(b'{') {
            return None;
        }
        if self.takes(b'}') {
            return Some(());
        }
        loop {
            let name = self.name()?;
            member(self, name)?;
            if self.takes(b'}') {
                return Some(());
            }
            if !self.takes(b',') {
                return None;
            }
        }
    }

    /// A list.
    fn items<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        if !self.takes(b'[') {
            return None;
        }
        if self.takes(b']') {
            return Some(Vec::new());
        }
        // Nearly every list of a message has one item, and items are large.
        let mut items = Vec::with_capacity(1);
        loop {
            items.push(item(self)?);
            if self.takes(b']') {
                return Some(items);
            }
            if !self.takes(b',') {
                return None;
            }
        }
    }
}

/// Fills a slot once; a member that comes twice is a fault.
fn once<T>(slot: &mut Option<T>, value: Option<T>) -> Option<()> {
    if slot.is_some() {
        return None;
    }
    *slot = Some(value?);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_whole_or_not_at_all() {
        let number = |text| Scan::whole(text, Scan::number);
        assert_eq!(number(" 18446744073709551615 "), Some(u64::MAX));
        assert_eq!(number("0"), Some(0));
        for text in [
            "18446744073709551616",
            "00",
            "01",
            "1.0",
            "1e3",
            "-1",
            "",
            "x",
            "1 2",
            "1844674407370955161500",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn texts_with_escapes_are_left_to_serde() {
        let text = |text| Scan::whole(text, Scan::text);
        assert_eq!(text(r#" "a é" "#), Some("a é"));
        for other in [r#""a\n""#, "\"a\n\"", r#""a"#, "a"] {
            assert_eq!(text(other), None, "{other}");
        }
    }

    #[test]
    fn json_inside_json_is_taken_out_of_its_quotes() {
        let text = |text| Scan::whole(text, Scan::quoted_text);
        assert_eq!(text(r#" "{\"a\":\"é\\\\\"}" "#).unwrap(), r#"{"a":"é\\"}"#);
        for other in [r#""a\n""#, r#""\u0041""#, "\"\n\"", r#""\"#, r#""a\""#, "a"] {
            assert_eq!(text(other), None, "{other}");
        }
    }

    #[test]
    fn members_come_in_any_order_once_and_each_name_has_its_value() {
        let sudi = |text| Scan::whole(text, Scan::sudi);
        for usual in [
            r#"{"udi_pid":"P","udi_serial_number":"S"}"#,
            r#" { "udi_serial_number" : "S" , "udi_pid":"P" } "#,
            r#"{"udi_serial_number":"S"}"#,
            r#"{"udi_pid":"\u0050"}"#,
            "{}",
        ] {
            let expected: crate::Sudi = serde_json::from_str(usual).unwrap();
            let read = sudi(usual);
            assert_eq!(read.is_none(), usual.contains('\\'), "{usual}");
            assert!(read.is_none_or(|read| read == expected), "{usual}");
        }
        for other in [
            r#"{"udi_pid":"P","udi_pid":"Q"}"#,
            r#"{"udi_serial_number":"S","udi_serial_number":"S"}"#,
            // A name where a value should be.
            r#"{"udi_pid":"udi_serial_number":"S"}"#,
            r#"{"udi_pid" :"udi_serial_number":"S"}"#,
            r#"{"udi_serial_number" :"udi_pid":"P"}"#,
            r#"{"udi_pid":"P",}"#,
            r#"{"udi_pid":"P" "udi_serial_number":"S"}"#,
            r#"{,"udi_pid":"P"}"#,
            r#"{"udi_pid","P"}"#,
            r#"{"other":"P"}"#,
            r#"{"udi_pid":"P""#,
            "{",
        ] {
            assert_eq!(sudi(other), None, "{other}");
        }
    }

    #[test]
    fn values_are_read_as_serde_reads_them_and_only_so_deep() {
        let value = |text: &str| Scan::whole(text, |scan| scan.value(0));
        let usual = r#" {"a": [1, "x", null, true, {}], "b": {"c": [false]}} "#;
        assert_eq!(value(usual), serde_json::from_str(usual).ok());
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(value(&nested(VALUE_DEPTH_MAX)).is_some());
        let unusual = [&nested(100_000), "-1", "1.5", "nul", r#"{"a":1,"a":2}"#, r#"["\n"]"#, ""];
        assert!(unusual.iter().all(|text| value(text).is_none()));
    }
}
