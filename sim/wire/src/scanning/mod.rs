//! The usual JSON of requests and answers read in one pass, borrowing from the text.
//!
//! What is unusual (an unknown member, an escape, a fault) gives none, and the caller reads it
//! with serde, which alone defines what is accepted and how faults are called. A property compares
//! the two wherever this gives something.

mod acknowledgement;
mod answer;
mod request;

pub(crate) use acknowledgement::acknowledgement_data;
pub(crate) use answer::smart_answer;
pub(crate) use request::smart_request;

use crate::writing::plain_run;

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

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn takes(&mut self, byte: u8) -> bool {
        self.blanks();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

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
        let length = plain_run(&self.text.as_bytes()[from..])?;
        self.at += length;
        self.takes_here(b'"').then(|| &self.text[from..from + length])
    }

    fn takes_here(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn number(&mut self) -> Option<u64> {
        self.blanks();
        let digits = &self.text.as_bytes()[self.at..];
        let length = digits.iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = digits.split_at(length);
        let unusual = matches!(rest.first(), Some(b'.' | b'e' | b'E' | b'0'..=b'9'));
        if unusual || (length > 1 && digits[0] == b'0') {
            return None;
        }
        self.at += length;
        std::str::from_utf8(digits).ok()?.parse().ok()
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

    /// An object; `member` takes the value of each name.
    fn members(&mut self, mut member: impl FnMut(&mut Self, &str) -> Option<()>) -> Option<()> {
        if !self.takes(b'{') {
            return None;
        }
        if self.takes(b'}') {
            return Some(());
        }
        loop {
            let name = self.text()?;
            if !self.takes(b':') {
                return None;
            }
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
        let mut items = Vec::new();
        if self.takes(b']') {
            return Some(items);
        }
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
}
