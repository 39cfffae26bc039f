//! Takes out of a text what belongs to a seed and not to a scenario: serial numbers, ids, times.

use std::collections::BTreeMap;

use muster_wire::Udi;

/// From this many digits on a number is an id or a time, not a count.
const ID_DIGITS_MIN: usize = 7;

/// Names for what was seen so far.
#[derive(Default)]
pub(crate) struct Redaction {
    /// Serial number to the name in the cast.
    serials: BTreeMap<String, String>,
}

impl Redaction {
    /// An instance joined under `name`.
    pub(crate) fn join(&mut self, udi: &Udi, name: &str) {
        self.serials.insert(udi.serial_number.to_string(), format!("[{name}]"));
    }

    /// `text` without serial numbers, UUIDs, long numbers and dates.
    pub(crate) fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (serial, name) in &self.serials {
            text = text.replace(serial, name);
        }
        let mut out = String::new();
        let mut word = String::new();
        for character in text.chars() {
            if character.is_ascii_alphanumeric() || character == '-' {
                word.push(character);
            } else {
                out.push_str(redacted(&word));
                word.clear();
                out.push(character);
            }
        }
        out.push_str(redacted(&word));
        out
    }
}

fn redacted(word: &str) -> &str {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_number = !word.is_empty() && digits == word.len();
    let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if word.len() == 36 && is_hex {
        "[uuid]"
    } else if is_number && digits >= ID_DIGITS_MIN {
        "[number]"
    } else if word.len() >= 10 && word.starts_with("20") && word.as_bytes()[4] == b'-' {
        "[date]"
    } else {
        word
    }
}
