//! Repairs on tags: end tags without a start, a page that ends inside a signature.

/// `text` without the end tags that close nothing.
pub(super) fn without_orphan_ends(text: &str) -> String {
    let mut open = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut written = 0;
    for tag in tags(text) {
        match tag.kind {
            Kind::Start => open.push(tag.name),
            Kind::Empty => {}
            Kind::End => match open.iter().rposition(|name| *name == tag.name) {
                Some(at) => open.truncate(at),
                None => {
                    out.push_str(&text[written..tag.start]);
                    written = tag.end;
                }
            },
        }
    }
    out.push_str(&text[written..]);
    out
}

/// `text` with its open elements closed, when the innermost is `signature`.
pub(super) fn with_signature_closed(text: &str) -> Option<String> {
    let mut open = Vec::new();
    for tag in tags(text) {
        match tag.kind {
            Kind::Start => open.push(tag.name),
            Kind::Empty => {}
            Kind::End => {
                let at = open.iter().rposition(|name| *name == tag.name)?;
                open.truncate(at);
            }
        }
    }
    if open.last() != Some(&"signature") {
        return None;
    }
    let mut out = text.trim_end().to_owned();
    for name in open.iter().rev() {
        out.push_str(&format!("</{name}>"));
    }
    Some(out)
}

#[derive(PartialEq)]
enum Kind {
    Start,
    Empty,
    End,
}

struct Tag<'a> {
    kind: Kind,
    name: &'a str,
    start: usize,
    end: usize,
}

/// Tags in order. The damaged samples have no comments, CDATA or `>` in attributes.
fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text[from..].find('<')?;
            let end = start + text[start..].find('>')? + 1;
            from = end;
            let inner = &text[start + 1..end - 1];
            if inner.starts_with(['?', '!']) {
                continue;
            }
            let kind = match inner {
                _ if inner.starts_with('/') => Kind::End,
                _ if inner.ends_with('/') => Kind::Empty,
                _ => Kind::Start,
            };
            let name = inner.trim_matches('/').split_whitespace().next().unwrap_or_default();
            return Some(Tag { kind, name, start, end });
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_tag_that_closes_nothing_is_dropped() {
        for (text, expected) in [
            ("<a><b>1</b></c><d/></a>", "<a><b>1</b><d/></a>"),
            ("<a></a>", "<a></a>"),
            ("</a></b>", ""),
            ("<a", "<a"),
        ] {
            assert_eq!(without_orphan_ends(text), expected);
        }
    }

    #[test]
    fn only_a_cut_signature_is_closed() {
        assert_eq!(
            with_signature_closed("<a><signature>MEUC\n").as_deref(),
            Some("<a><signature>MEUC</signature></a>")
        );
        for text in ["<a><piid>0e", "<a><signature>M</signature></a>", "</a><signature>", ""] {
            assert_eq!(with_signature_closed(text), None, "{text}");
        }
    }
}
