//! Which era a request body is of: both arrive at the same URLs, as JSON objects.
//!
//! Source: Troubleshoot SLP on 9800, "Usage Reporting" (`sender_info` first); Cisco support
//! document 217535, debug log (a signature and a credential beside the text of the request).

use muster_wire::limits::MESSAGE_BYTES_MAX;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// Members that only a classic envelope has.
const CLASSIC: [&[u8]; 3] = [b"signature", b"credential", b"request"];

/// The first member of every documented policy-era request.
const POLICY: &[u8] = b"sender_info";

/// Whether a body is a classic request, or a broken one. Usually its first member tells, so that a
/// fleet's usage reports are not read twice.
pub(crate) fn is_classic(body: &[u8]) -> bool {
    match first_member(body) {
        Some(POLICY) | None => false,
        Some(name) if CLASSIC.contains(&name) => true,
        Some(_) => has_request_text(body),
    }
}

/// The name of an object's first member, as long as it needs no escapes.
fn first_member(body: &[u8]) -> Option<&[u8]> {
    let rest = body.trim_ascii_start().strip_prefix(b"{")?;
    let rest = rest.trim_ascii_start().strip_prefix(b"\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    Some(&rest[..end])
}

fn has_request_text(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Shape {
        #[serde(default)]
        request: Value,
        #[serde(default)]
        sender_info: Option<IgnoredAny>,
    }
    body.len() <= MESSAGE_BYTES_MAX
        && serde_json::from_slice(body)
            .is_ok_and(|shape: Shape| shape.request.is_string() && shape.sender_info.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_member_tells_and_otherwise_the_whole() {
        for (body, classic) in [
            (r#"{"signature":null,"credential":null,"request":"{}"}"#, true),
            (" {\n \"request\": \"{}\"}", true),
            (r#"{"signature":nul"#, true),
            (r#"{"x":1,"request":"{}"}"#, true),
            (r#"{"x":1,"request":"{}","sender_info":{}}"#, false),
            (r#"{"x":1,"request":{}}"#, false),
            (r#"{"x":1,"request":"{}""#, false),
            (r#"{"sender_info":{},"request":"{}"}"#, false),
            (r#"{"nonce":"1"}"#, false),
            ("{}", false),
            ("[]", false),
            ("", false),
            ("{\"", false),
            ("<xml/>", false),
        ] {
            assert_eq!(is_classic(body.as_bytes()), classic, "{body}");
        }
        assert!(!is_classic(&[0xff, b'{', b'"']));
    }
}
