//! Cheap looks into requests: members found by their spelling, without decoding the JSON. Good for
//! what Smart Agents write, and for nothing else.

/// Where `needle` begins.
pub(crate) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    let (first, rest) = needle.split_first()?;
    let mut from = 0;
    loop {
        let at = from + text[from..].iter().position(|byte| byte == first)?;
        if text[at + 1..].starts_with(rest) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// The text behind `key`, up to the next quotation mark or backslash.
pub(crate) fn text_after<'a>(text: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let rest = &text[find(text, key)? + key.len()..];
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    Some(&rest[..end])
}

/// The digits after `key`, whatever quoting stands between.
pub(crate) fn digits_after<'a>(text: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    /// The longest quoting between a member's name and its number: `&quot;:`.
    const QUOTING_MAX: usize = 8;
    let rest = &text[find(text, key)? + key.len()..];
    let start = rest.iter().take(QUOTING_MAX).position(u8::is_ascii_digit)?;
    let rest = &rest[start..];
    let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    Some(&rest[..end])
}

/// Digits as a number.
pub(crate) fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}
