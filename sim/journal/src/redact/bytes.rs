//! Redaction of a body, whatever it is: whole or cut, JSON or not.
//!
//! Bodies are not parsed, because some are damaged on purpose and still hold a token. Base64 runs
//! are decoded, searched, and encoded again only when something was found.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::patterns::{Patterns, find};
use super::{ID_TOKEN, REDACTED, element};

/// Base64 characters below which a run cannot hold a named member.
const RUN_CHARS_MIN: usize = 24;

/// Members and elements whose value is a secret wherever they stand, and what takes its place.
const MEMBERS: &[(&str, &str)] = &[
    ("id_token", ID_TOKEN),
    ("idToken", ID_TOKEN),
    ("access_token", REDACTED),
    ("refresh_token", REDACTED),
    ("client_secret", REDACTED),
    ("password", REDACTED),
];

/// How a quotation mark is spelled: JSON inside JSON inside XML, from the longest spelling down.
const QUOTES: &[&str] = &["\\\\\\\"", "\\\"", "&quot;", "&#34;", "\""];

pub(super) fn redact(body: &[u8], patterns: &Patterns) -> Vec<u8> {
    let body = redact_runs(body, patterns);
    let body = patterns.mask_encoded(&body).unwrap_or(body);
    redact_plain(&body, patterns).unwrap_or(body)
}

/// Known secrets and secret members in bytes that are read as they stand.
fn redact_plain(bytes: &[u8], patterns: &Patterns) -> Option<Vec<u8>> {
    let mut changed = patterns.mask(bytes);
    for (member, mask) in MEMBERS {
        let from = changed.as_deref().unwrap_or(bytes);
        if find(from, member.as_bytes()).is_none() {
            continue;
        }
        if let Some(replaced) = redact_member(from, member, mask) {
            changed = Some(replaced);
        }
        let from = changed.as_deref().unwrap_or(bytes);
        if let Some(replaced) = element::redact(from, member.as_bytes(), mask.as_bytes()) {
            changed = Some(replaced);
        }
    }
    changed
}

/// Replaces the text value of every `member`, up to its closing quote or the end.
fn redact_member(bytes: &[u8], member: &str, mask: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(at) = find(rest, member.as_bytes()) {
        let (before, after) = rest.split_at(at + member.len());
        out.extend_from_slice(before);
        rest = after;
        let Some(quote) = QUOTES.iter().find(|quote| rest.starts_with(quote.as_bytes())) else {
            continue;
        };
        let Some(start) = value_start(rest, quote) else { continue };
        let end = value_end(rest, start, quote);
        out.extend_from_slice(&rest[..start]);
        out.extend_from_slice(mask.as_bytes());
        rest = &rest[end..];
    }
    if rest.len() == bytes.len() {
        return None;
    }
    out.extend_from_slice(rest);
    (out != bytes).then_some(out)
}

/// Where the value begins in `":"…`, behind its opening quote.
fn value_start(bytes: &[u8], quote: &str) -> Option<usize> {
    let skip_blank = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    let colon = skip_blank(quote.len());
    let open = skip_blank(bytes.get(colon).filter(|byte| **byte == b':').map(|_| colon + 1)?);
    bytes[open..].starts_with(quote.as_bytes()).then(|| open + quote.len())
}

/// Where the value ends: at the next quote of the same spelling that is not escaped once more.
fn value_end(bytes: &[u8], start: usize, quote: &str) -> usize {
    let mut from = start;
    while let Some(at) = find(&bytes[from..], quote.as_bytes()) {
        let at = from + at;
        let backslashes = bytes[start..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 {
            return at;
        }
        from = at + 1;
    }
    bytes.len()
}

/// Decodes every base64 run, and encodes it again where it held a secret.
fn redact_runs(body: &[u8], patterns: &Patterns) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut characters = Vec::new();
    let mut rest = body;
    while let [first, after @ ..] = rest {
        let length = run(rest, &mut characters);
        if length == 0 {
            out.push(*first);
            rest = after;
            continue;
        }
        let padding = rest[length..].iter().take(2).take_while(|byte| **byte == b'=').count();
        let (run, after) = rest.split_at(length + padding);
        match redact_run(&characters, padding, patterns) {
            Some(encoded) => out.extend_from_slice(&encoded),
            None => out.extend_from_slice(run),
        }
        rest = after;
    }
    out
}

/// Collects the base64 characters at the front of `bytes`; gives the number of bytes they took
/// with line breaks and escaped slashes.
fn run(bytes: &[u8], characters: &mut Vec<u8>) -> usize {
    characters.clear();
    let mut at = 0;
    let mut length = 0;
    while at < bytes.len() {
        match &bytes[at..] {
            [byte, ..] if byte.is_ascii_alphanumeric() || b"+/".contains(byte) => {
                characters.push(*byte);
                at += 1;
                length = at;
            }
            [b'\\', b'/', ..] => {
                characters.push(b'/');
                at += 2;
                length = at;
            }
            // Line breaks inside a run; they do not begin or end one.
            [b'\\', b'r' | b'n', ..] if length > 0 => at += 2,
            [b'\r' | b'\n', ..] if length > 0 => at += 1,
            _ => break,
        }
    }
    length
}

fn redact_run(characters: &[u8], padding: usize, patterns: &Patterns) -> Option<Vec<u8>> {
    if characters.len() < RUN_CHARS_MIN {
        return None;
    }
    let whole = (characters.len() + padding).is_multiple_of(4);
    // Letters of a neighbouring word may stand in front, so every alignment is tried.
    (0..4).find_map(|skip| {
        let (before, run) = characters.split_at(skip);
        // A run that was cut, or that a word follows, does not come out even.
        let decoded = STANDARD_NO_PAD
            .decode(run)
            .or_else(|_| STANDARD_NO_PAD.decode(&run[..run.len() / 4 * 4]))
            .ok()?;
        let redacted = redact_plain(&decoded, patterns)?;
        let encoded = if whole && skip == 0 {
            STANDARD.encode(redacted)
        } else {
            STANDARD_NO_PAD.encode(redacted)
        };
        Some([before, encoded.as_bytes()].concat())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str, secrets: &[&str]) -> String {
        let secrets: Vec<_> = secrets.iter().map(|&secret| secret.to_owned()).collect();
        String::from_utf8(redact(body.as_bytes(), &Patterns::new(&secrets))).unwrap()
    }

    #[test]
    fn a_body_without_secrets_keeps_every_byte() {
        let body = r#"{"smart_license":"PHNtYXJ0TGljZW5zZT48L3NtYXJ0TGljZW5zZT4=","nonce":"1"}"#;
        assert_eq!(text(body, &["mst-secret-0001"]), body);
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(redact(&bytes, &Patterns::default()), bytes);
    }

    #[test]
    fn a_member_is_masked_in_every_spelling_of_its_quotes() {
        for (body, expected) in [
            (r#"{"id_token":"abc","a":"b"}"#, r#"{"id_token":"[id token]","a":"b"}"#),
            (r#"{"id_token" : "a\"b" }"#, r#"{"id_token" : "[id token]" }"#),
            (r#"{"id_token":"ends in \\"}"#, r#"{"id_token":"[id token]"}"#),
            (r#""{\"id_token\":\"abc\"}""#, r#""{\"id_token\":\"[id token]\"}""#),
            ("&quot;id_token&quot;:&quot;abc&quot;", "&quot;id_token&quot;:&quot;[id token]&quot;"),
            (r#"{"id_token":"cut"#, r#"{"id_token":"[id token]"#),
            (r#"{"access_token":"abc"}"#, r#"{"access_token":"[redacted]"}"#),
            ("<a><id_token>abc</id_token></a>", "<a><id_token>[id token]</id_token></a>"),
            ("<x:password>abc</x:password>", "<x:password>[redacted]</x:password>"),
            (r#"{"id_token":null}"#, r#"{"id_token":null}"#),
        ] {
            assert_eq!(text(body, &[]), expected, "{body}");
        }
    }

    #[test]
    fn an_artefact_is_encoded_again_around_the_mask() {
        let body = |token: &str| {
            let artefact = STANDARD.encode(format!("<data>[{{\"id_token\":\"{token}\"}}]</data>"));
            format!("{{\"smart_license\":\"{artefact}\"}}")
        };
        for token in ["a", "ab", "abc", "abcd", "a longer one than the mask"] {
            assert_eq!(text(&body(token), &[]), body("[id token]"));
        }
    }

    #[test]
    fn a_run_that_was_cut_or_wrapped_is_searched_too() {
        let encoded = STANDARD.encode("<data>[{\"id_token\":\"abcdefghijklmnopq\"}]</data>");
        let wrapped = format!("\"{}\\r\\n{}\"", &encoded[..38], &encoded[38..]);
        for body in [&encoded[..41], &encoded[..42], &encoded[..43], wrapped.as_str()] {
            let redacted = text(body, &[]);
            let run = redacted.trim_matches(['"', '=']);
            let decoded = STANDARD_NO_PAD.decode(run).expect(run);
            let decoded = String::from_utf8(decoded).unwrap();
            assert!(decoded.starts_with("<data>[{\"id_token\":\"[id token]"), "{decoded}");
        }
    }
}
