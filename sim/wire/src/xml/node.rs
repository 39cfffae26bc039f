//! An element tree that borrows from its source: what decoders of artefacts read.
//!
//! Plain documents are read here in one pass. What is unusual (attributes, prefixes, comments, a
//! fault) is left to [`Element::parse`], which alone defines what is accepted and how faults are
//! called. A property compares the two wherever this gives something.

use std::borrow::Cow;
use std::ops::Range;

use super::Element;
use crate::sixteen::Places;
use crate::{Error, limits};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// One element, as [`Element`] without attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: Cow<'a, str>,
    pub(crate) children: Vec<Self>,
    pub(crate) span: Range<usize>,
}

impl<'a> Node<'a> {
    /// Reads one document and hands its root to `read`.
    pub(crate) fn read<T>(
        format: &'static str,
        source: &str,
        read: impl FnOnce(&Node<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if source.len() <= limits::ARTEFACT_BYTES_MAX
            && let Some(root) = Self::plain(source)
        {
            return read(&root);
        }
        read(&Node::of(&Element::parse(format, source)?))
    }

    fn of(element: &'a Element) -> Self {
        Self {
            name: &element.name,
            text: Cow::Borrowed(&element.text),
            children: element.children.iter().map(Node::of).collect(),
            span: element.span.clone(),
        }
    }

    /// The root of a plain document.
    fn plain(source: &str) -> Option<Node<'_>> {
        let begin = if source.starts_with(DECLARATION) { DECLARATION.len() } else { 0 };
        let mut scan = Scan { source, at: begin, elements: 0 };
        scan.blanks();
        let root = scan.element(1)?;
        scan.blanks();
        (scan.at == source.len()).then_some(root)
    }

    /// The first child called `name`.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Every child called `name`.
    pub(crate) fn children_named(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Trimmed text of the child called `name`; none when absent or empty.
    pub(crate) fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }
}

struct Scan<'a> {
    source: &'a str,
    at: usize,
    elements: usize,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn blanks(&mut self) {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
        self.at += self.rest().bytes().take_while(blank).count();
    }

    #[inline]
    fn takes(&mut self, text: &str) -> bool {
        let found = self.rest().as_bytes().starts_with(text.as_bytes());
        self.at += if found { text.len() } else { 0 };
        found
    }

    fn name(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = rest.bytes().take_while(part).count();
        self.at += length;
        let name = &rest[..length];
        name.starts_with(|first: char| first.is_ascii_alphabetic()).then_some(name)
    }

    fn element(&mut self, depth: usize) -> Option<Node<'a>> {
        let start = self.at;
        self.elements += 1;
        let within = depth <= limits::XML_DEPTH_MAX && self.elements <= limits::XML_ELEMENTS_MAX;
        if !within || !self.takes("<") {
            return None;
        }
        let name = self.name()?;
        let mut node =
            Node { name, text: Cow::Borrowed(""), children: Vec::new(), span: start..start };
        if !self.takes("/>") {
            if !self.takes(">") {
                return None;
            }
            self.content(&mut node, depth)?;
        }
        node.span.end = self.at;
        Some(node)
    }

    /// Everything up to and with the end tag.
    fn content(&mut self, node: &mut Node<'a>, depth: usize) -> Option<()> {
        loop {
            let rest = self.rest();
            let text = &rest[..memchr::memchr(b'<', rest.as_bytes())?];
            self.at += text.len();
            append_resolved(&mut node.text, text)?;
            if self.takes("</") {
                let ends = self.takes(node.name) && self.takes(">");
                return ends.then_some(());
            }
            if self.takes("<![CDATA[") {
                let rest = self.rest();
                let text = &rest[..memchr::memmem::find(rest.as_bytes(), b"]]>")?];
                self.at += text.len() + "]]>".len();
                if text.contains('\r') {
                    return None;
                }
                append(&mut node.text, text);
            } else {
                node.children.push(self.element(depth + 1)?);
            }
        }
    }
}

fn append<'a>(text: &mut Cow<'a, str>, more: &'a str) {
    if text.is_empty() {
        *text = Cow::Borrowed(more);
    } else if !more.is_empty() {
        text.to_mut().push_str(more);
    }
}

/// Character data with the entities that this crate writes.
fn append_resolved<'a>(text: &mut Cow<'a, str>, more: &'a str) -> Option<()> {
    let mut from = 0;
    for at in Places::of(more.as_bytes(), |bytes| bytes.equal(b'&').or(bytes.equal(b'\r'))) {
        let (character, length) = entity(&more.as_bytes()[at..])?;
        let out = text.to_mut();
        if from == 0 {
            out.reserve(more.len());
        }
        out.push_str(&more[from..at]);
        out.push(character);
        from = at + length;
    }
    append(text, &more[from..]);
    Some(())
}

/// The character behind an entity that this crate writes, and the length of the entity.
fn entity(text: &[u8]) -> Option<(char, usize)> {
    Some(match text {
        [b'&', b'q', b'u', b'o', b't', b';', ..] => ('"', 6),
        [b'&', b'a', b'm', b'p', b';', ..] => ('&', 5),
        [b'&', b'l', b't', b';', ..] => ('<', 4),
        [b'&', b'g', b't', b';', ..] => ('>', 4),
        [b'&', b'a', b'p', b'o', b's', b';', ..] => ('\'', 6),
        [b'&', b'#', b'1', b'3', b';', ..] => ('\r', 5),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(source: &str) -> bool {
        let Some(root) = Node::plain(source) else { return false };
        let element = Element::parse("test", source).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(root, Node::of(&element), "{source}");
        true
    }

    #[test]
    fn what_this_crate_writes_is_plain() {
        for source in [
            "<a/>",
            " <a><b>x &lt;&quot;&#13; y</b>\n<c><![CDATA[<&]]>t</c><d/></a>\n",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>&amp;</a>",
        ] {
            assert!(same(source), "{source}");
        }
    }

    #[test]
    fn what_is_unusual_is_left_to_the_parser() {
        for source in ["<a b=\"1\"/>", "<n:a/>", "<a><!-- --></a>", "<a >x</a>", "<a>\r\n</a>"] {
            assert!(Node::plain(source).is_none(), "{source}");
            assert!(Element::parse("test", source).is_ok(), "{source}");
        }
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(same(&nested(limits::XML_DEPTH_MAX)));
        assert!(Node::plain(&nested(limits::XML_DEPTH_MAX + 1)).is_none());
        assert!(Node::plain(&nested(100_000)).is_none());
        let many = format!("<a>{}</a>", "<b/>".repeat(limits::XML_ELEMENTS_MAX));
        assert!(Node::plain(&many).is_none());
    }

    proptest! {
        #[test]
        fn both_readers_see_one_tree(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "<a>", "</a>", "<b>", "</b>", "<c/>", "<![CDATA[", "]]>", "&amp;", "&#13;",
                    "&#x41;", "&", ";", "x", " ", "\n", "\r", "<", ">", "é", "<?x?>", "-->", "<!--",
                    "]]", "<1>", "</1>", "<_a>", "</a >",
                ]),
                0..14,
            ),
        ) {
            let inner = pieces.concat();
            same(&inner);
            same(&format!("<a>{inner}</a>"));
        }
    }
}
