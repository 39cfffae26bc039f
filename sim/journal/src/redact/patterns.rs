//! The spellings of known secrets, and masking them in bytes.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_wire::xml::{escape, escape_content};

use super::{REDACTED, Redactor};

/// Base64 characters of a secret below which a match would be chance.
const ENCODED_CHARS_MIN: usize = 6;

/// Every spelling of every secret.
#[derive(Clone, Default)]
pub(super) struct Patterns {
    /// Literal spellings, longest first, so that a mask never leaves the end of a longer one.
    literal: Vec<Vec<u8>>,
    /// What base64 makes of a literal at each of the three offsets, longest first.
    encoded: Vec<Vec<u8>>,
}

impl Patterns {
    pub(super) fn new(secrets: &[String]) -> Self {
        let mut literal = BTreeSet::new();
        for secret in secrets.iter().filter(|s| s.len() >= Redactor::SECRET_BYTES_MIN) {
            let json = json_text(secret);
            literal.extend([
                secret.clone(),
                json_text(&json),
                escape(secret),
                escape(&json),
                escape_content(secret),
                escape_content(&json),
                url_text(secret),
                json,
            ]);
        }
        let encoded = literal.iter().flat_map(|text| encodings(text.as_bytes())).collect();
        Self {
            literal: longest_first(literal.into_iter().map(String::into_bytes).collect()),
            encoded: longest_first(encoded),
        }
    }

    /// `bytes` with every literal spelling masked; none when there is none.
    pub(super) fn mask(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        replace_all(bytes, &self.literal)
    }

    /// `bytes` with every base64 spelling masked; none when there is none.
    pub(super) fn mask_encoded(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        replace_all(bytes, &self.encoded)
    }
}

fn longest_first(texts: BTreeSet<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut texts: Vec<_> = texts.into_iter().collect();
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts
}

fn replace_all(bytes: &[u8], patterns: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut masked: Option<Vec<u8>> = None;
    for pattern in patterns {
        let from = masked.as_deref().unwrap_or(bytes);
        if let Some(replaced) = replace(from, pattern) {
            masked = Some(replaced);
        }
    }
    masked
}

fn replace(bytes: &[u8], pattern: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes;
    let mut out = Vec::new();
    while let Some(at) = find(rest, pattern) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(REDACTED.as_bytes());
        rest = &rest[at + pattern.len()..];
    }
    if rest.len() == bytes.len() {
        return None;
    }
    out.extend_from_slice(rest);
    Some(out)
}

/// Where `pattern` (never empty) first stands in `bytes`.
pub(super) fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    let first = *pattern.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        let at = from + at;
        if bytes[at..].starts_with(pattern) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// The base64 characters that stand for `secret` whatever precedes and follows it, for each of the
/// three offsets it can have in a group of three bytes.
fn encodings(secret: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut found = BTreeSet::new();
    for offset in 0..3_usize {
        let padded = [&[0; 2][..offset], secret].concat();
        let text = STANDARD.encode(&padded).into_bytes();
        // Characters before `start` and after `end` share bits with the neighbours.
        let start = (offset * 8).div_ceil(6);
        let end = padded.len() * 8 / 6;
        if end >= start + ENCODED_CHARS_MIN {
            found.insert(text[start..end].to_vec());
        }
    }
    found
}

fn json_text(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn url_text(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_base64_at_every_offset() {
        let secret = "mst-secret-0001";
        let patterns = Patterns::new(&[secret.to_owned()]);
        for prefix in ["", "a", "ab", "abc"] {
            let text = STANDARD.encode(format!("{prefix}{secret}~~~"));
            let masked = patterns.mask_encoded(text.as_bytes()).expect("must be found");
            assert!(String::from_utf8(masked).unwrap().contains(REDACTED), "{prefix:?}");
        }
        assert_eq!(patterns.mask_encoded(STANDARD.encode("mst-secreT-0001").as_bytes()), None);
    }

    #[test]
    fn the_longer_of_two_overlapping_secrets_is_masked_whole() {
        let patterns = Patterns::new(&["abcdefgh".to_owned(), "abcdefghijkl".to_owned()]);
        assert_eq!(patterns.mask(b"<abcdefghijkl>").as_deref(), Some(&b"<[redacted]>"[..]));
    }

    #[test]
    fn a_short_secret_is_not_masked_by_value() {
        assert_eq!(Patterns::new(&["a".to_owned(), String::new()]).mask(b"banana"), None);
    }
}
