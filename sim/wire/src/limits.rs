//! What untrusted bytes may cost: every decoder checks its limit before it allocates.

use serde::de::DeserializeOwned;

use crate::Error;

/// A Smart Transport message. The largest legitimate one carries some hundred RUM reports of about
/// 2 KiB each, base64 inside JSON; 8 MiB leaves a wide margin.
pub const MESSAGE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// One XML artefact (the decoded content of `smart_license`, or a file).
pub const ARTEFACT_BYTES_MAX: usize = 6 * 1024 * 1024;

/// One attachment of a Call Home message. Classic messages take some KiB; 4 MiB leaves a wide
/// margin and room for the rest of the document.
pub const ATTACHMENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a bundle may expand to, all its archives together. A thousand product instances with usual
/// usage files take some 20 MiB.
pub const BUNDLE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Files in one archive of a bundle.
pub const BUNDLED_FILES_MAX: usize = 10_000;

/// One RUM payload.
pub const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;

/// Nesting of XML elements; the documented artefacts need five.
pub const XML_DEPTH_MAX: usize = 16;

/// Nesting of JSON objects and arrays; the documented messages need six. Unknown members may add
/// some, never the 128 levels at which the parser itself gives up.
pub const JSON_DEPTH_MAX: usize = 32;

/// Attributes of one element; the documented artefacts need three.
pub const XML_ATTRIBUTES_MAX: usize = 32;

/// Length of a namespace; the longest documented one has 46 bytes. Every element holds a copy.
pub const XML_NAMESPACE_BYTES_MAX: usize = 256;

/// Elements in one artefact; bounds the element tree.
pub const XML_ELEMENTS_MAX: usize = 20_000;

/// Checks length and UTF-8 of `bytes` before anything is parsed.
pub(crate) fn text<'a>(
    format: &'static str,
    bytes: &'a [u8],
    limit: usize,
) -> Result<&'a str, Error> {
    length(format, bytes.len(), limit)?;
    simdutf8::compat::from_utf8(bytes)
        .map_err(|error| Error::NotText { format, offset: error.valid_up_to() })
}

/// Checks the length of a text before it is parsed.
pub(crate) fn length(format: &'static str, length: usize, limit: usize) -> Result<(), Error> {
    if length > limit {
        return Err(Error::TooLong { format, length, limit });
    }
    Ok(())
}

/// Reads JSON after checking how deep it is nested.
pub(crate) fn json<T: DeserializeOwned>(format: &'static str, text: &str) -> Result<T, Error> {
    if json_depth(text) > JSON_DEPTH_MAX {
        return Err(Error::TooDeep { format, limit: JSON_DEPTH_MAX });
    }
    serde_json::from_str(text).map_err(|error| Error::json(format, &error))
}

/// The deepest nesting of brackets outside strings, whether or not they match.
fn json_depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => rest = after_string(rest),
            _ => {}
        }
    }
    deepest
}

/// What follows a string whose opening quote was read. Most of a message is in its strings.
fn after_string(mut rest: &[u8]) -> &[u8] {
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        if rest[at] == b'"' {
            return &rest[at + 1..];
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    &[]
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn depth_counts_brackets_outside_strings_only() {
        for (text, depth) in
            [("1", 0), ("{}", 1), (r#"[{"a":[]},[]]"#, 3), (r#""[[[\"[[""#, 0), ("]]][", 1)]
        {
            assert_eq!(json_depth(text), depth, "{text}");
        }
    }

    #[test]
    fn json_is_read_up_to_the_limit_and_not_past_it() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(json::<Value>("test", &nested(JSON_DEPTH_MAX)).is_ok());
        let too_deep = Error::TooDeep { format: "test", limit: JSON_DEPTH_MAX };
        assert_eq!(json::<Value>("test", &nested(JSON_DEPTH_MAX + 1)), Err(too_deep));
    }
}
