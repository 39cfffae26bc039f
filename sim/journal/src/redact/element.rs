//! Secrets that stand in XML elements: from the opening tag to the closing one, or to the end.

use super::patterns::find;

/// Bytes of attributes an opening tag may have; a longer one is no tag of a licensing message.
const ATTRIBUTES_BYTES_MAX: usize = 1024;

/// How a tag begins, as it stands or escaped inside other XML.
const OPEN: [&[u8]; 2] = [b"<", b"&lt;"];
const CLOSE: [&[u8]; 2] = [b"</", b"&lt;/"];

/// How a tag ends.
const END: [&[u8]; 2] = [b">", b"&gt;"];

/// Replaces the content of every element of that name, whatever its prefix; none when there is
/// nothing to replace.
pub(super) fn redact(bytes: &[u8], name: &[u8], mask: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut copied, mut searched) = (0, 0);
    while let Some(at) = next_name(bytes, searched, name, OPEN) {
        searched = at + name.len();
        let Some(start) = content_start(bytes, searched) else { continue };
        let end = content_end(bytes, start, name);
        if start < end {
            out.extend_from_slice(&bytes[copied..start]);
            out.extend_from_slice(mask);
            copied = end;
        }
        searched = end;
    }
    if copied == 0 {
        return None;
    }
    out.extend_from_slice(&bytes[copied..]);
    (out != bytes).then_some(out)
}

/// The next place of `name` as the name of a tag that begins in one of those ways.
fn next_name(bytes: &[u8], from: usize, name: &[u8], begins: [&[u8]; 2]) -> Option<usize> {
    let mut from = from;
    loop {
        let at = from + find(&bytes[from..], name)?;
        let before = without_prefix(&bytes[..at]);
        if begins.iter().any(|begin| before.ends_with(begin)) {
            return Some(at);
        }
        from = at + name.len();
    }
}

/// What stands in front of a name and its namespace prefix.
fn without_prefix(before: &[u8]) -> &[u8] {
    let Some((b':', prefix)) = before.split_last() else { return before };
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let letters = prefix.iter().rev().take_while(|byte| is_letter(byte)).count();
    &prefix[..prefix.len() - letters]
}

/// Where the content begins, behind the attributes; none when this is another, longer name, or an
/// element without content.
fn content_start(bytes: &[u8], after_name: usize) -> Option<usize> {
    let rest = &bytes[after_name..];
    let rest = &rest[..rest.len().min(ATTRIBUTES_BYTES_MAX)];
    let ends = END.iter().filter_map(|end| Some((find(rest, end)?, end.len())));
    let (at, length) = ends.min()?;
    let attributes = &rest[..at];
    let is_name = attributes.first().is_none_or(u8::is_ascii_whitespace);
    (is_name && attributes.last() != Some(&b'/')).then_some(after_name + at + length)
}

/// Where the closing tag begins; the end of the bytes when they were cut before it.
fn content_end(bytes: &[u8], start: usize, name: &[u8]) -> usize {
    let Some(at) = next_name(bytes, start, name, CLOSE) else { return bytes.len() };
    let before = without_prefix(&bytes[..at]);
    let length = CLOSE.iter().filter(|tag| before.ends_with(tag)).map(|tag| tag.len()).max();
    before.len() - length.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(xml: &str) -> String {
        let bytes = redact(xml.as_bytes(), b"id_token", b"*");
        bytes.map_or(xml.to_owned(), |bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn an_element_is_masked_in_every_spelling_of_its_tags() {
        for (xml, expected) in [
            ("<a><id_token>s3cret</id_token></a>", "<a><id_token>*</id_token></a>"),
            ("<sl:id_token x='1'>s</sl:id_token>", "<sl:id_token x='1'>*</sl:id_token>"),
            ("<id_token\n>a &amp; b</id_token>", "<id_token\n>*</id_token>"),
            ("<id_token><![CDATA[a</b>]]></id_token>", "<id_token>*</id_token>"),
            ("&lt;id_token&gt;s&lt;/id_token&gt;", "&lt;id_token&gt;*&lt;/id_token&gt;"),
            ("<id_token>cut off", "<id_token>*"),
            ("<id_token>a</id_token><id_token>b", "<id_token>*</id_token><id_token>*"),
        ] {
            assert_eq!(masked(xml), expected, "{xml}");
        }
    }

    #[test]
    fn what_is_no_such_element_stays() {
        for xml in [
            "<id_token/>",
            "<id_token></id_token>",
            "<id_token_kind>a</id_token_kind>",
            "<my_id_token>a</my_id_token>",
            "id_token > 3",
        ] {
            assert_eq!(masked(xml), xml);
        }
    }
}
