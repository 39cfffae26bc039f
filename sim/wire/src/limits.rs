//! What untrusted bytes may cost: every decoder checks its limit before it allocates.

use crate::Error;

/// A Smart Transport message. The largest legitimate one carries some hundred RUM reports of about
/// 2 KiB each, base64 inside JSON; 8 MiB leaves a wide margin.
pub const MESSAGE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// One XML artefact (the decoded content of `smart_license`, or a file).
pub const ARTEFACT_BYTES_MAX: usize = 6 * 1024 * 1024;

/// One RUM payload.
pub const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;

/// Nesting of XML elements; the documented artefacts need five.
pub const XML_DEPTH_MAX: usize = 16;

/// Elements in one artefact; bounds the element tree.
pub const XML_ELEMENTS_MAX: usize = 20_000;

/// Checks length and UTF-8 of `bytes` before anything is parsed.
pub(crate) fn text<'a>(
    format: &'static str,
    bytes: &'a [u8],
    limit: usize,
) -> Result<&'a str, Error> {
    if bytes.len() > limit {
        return Err(Error::TooLong { format, length: bytes.len(), limit });
    }
    std::str::from_utf8(bytes)
        .map_err(|error| Error::NotText { format, offset: error.valid_up_to() })
}
