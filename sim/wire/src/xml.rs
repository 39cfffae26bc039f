//! A small element tree over one XML artefact, bounded in depth and size.
//!
//! Each element remembers where it stood in the source, because signatures cover exact bytes.

mod node;

use std::ops::Range;

use quick_xml::NsReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use quick_xml::name::ResolveResult;

pub(crate) use node::Node;

use crate::sixteen::{Marks, Places, Sixteen};
use crate::{Error, limits};

/// One element: local name, text, children, and its place in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Name without a namespace prefix.
    pub name: String,
    /// Namespace; empty when there is none, or when its prefix is not declared.
    pub namespace: String,
    /// Attributes in order, names without a prefix.
    pub attributes: Vec<(String, String)>,
    /// Character data and CDATA directly inside, joined; entities resolved.
    pub text: String,
    /// Child elements in order.
    pub children: Vec<Self>,
    /// Bytes of the source from `<` of the start tag to `>` of the end tag.
    pub span: Range<usize>,
}

impl Element {
    /// Reads one document. Comments, processing instructions and a declaration are passed over;
    /// a document type is refused.
    pub fn parse(format: &'static str, source: &str) -> Result<Self, Error> {
        if source.len() > limits::ARTEFACT_BYTES_MAX {
            let (length, limit) = (source.len(), limits::ARTEFACT_BYTES_MAX);
            return Err(Error::TooLong { format, length, limit });
        }
        Parser { format, open: Vec::new(), elements: 0 }.run(source)
    }

    /// The first child called `name`.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Every child called `name`.
    pub fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Trimmed text of the child called `name`; none when absent or empty.
    pub fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }
}

/// `text` as XML can hold it anywhere, between quotes, too.
///
/// The five predefined characters are escaped, a carriage return is written as a reference (as it
/// stands, a reader would turn it into a line feed), and characters that XML 1.0 cannot hold
/// become U+FFFD. JSON inside an artefact escapes control characters itself and loses only the
/// noncharacters U+FFFE and U+FFFF.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    let quotes = |bytes: Sixteen| bytes.equal(b'"').or(bytes.equal(b'\''));
    write_escaped(&mut out, text, |bytes| is_special(bytes).or(quotes(bytes)));
    out
}

/// `text` as the content of an element: as [`escape`], but quotes stay as they are, of which JSON
/// is full.
pub fn escape_content(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_content_into(&mut out, text);
    out
}

/// As [`escape_content`], onto the end of a text.
pub(crate) fn escape_content_into(out: &mut String, text: &str) {
    write_escaped(out, text, is_special);
}

/// What `write` writes onto the end of a text, escaped as content where it has to be: mostly it
/// stands already as it may.
pub(crate) fn content_into(out: &mut String, write: impl FnOnce(&mut String)) {
    let from = out.len();
    write(out);
    if Places::of(&out.as_bytes()[from..], is_special).next().is_some() {
        let written = out.split_off(from);
        escape_content_into(out, &written);
    }
}

/// `kind` marks what is not written as it is; which may be more.
#[inline]
fn write_escaped(out: &mut String, text: &str, kind: impl Fn(Sixteen) -> Marks) {
    let (bytes, mut from) = (text.as_bytes(), 0);
    for at in Places::of(bytes, kind) {
        let (instead, length) = match bytes[at] {
            b'\t' | b'\n' => continue,
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'&' => ("&amp;", 1),
            b'\'' => ("&apos;", 1),
            b'"' => ("&quot;", 1),
            b'\r' => ("&#13;", 1),
            // The two noncharacters, which begin like some that are none.
            0xef if !matches!(bytes[at..], [_, 0xbf, 0xbe | 0xbf, ..]) => continue,
            0xef => ("\u{fffd}", 3),
            _ => ("\u{fffd}", 1),
        };
        out.push_str(&text[from..at]);
        out.push_str(instead);
        from = at + length;
    }
    out.push_str(&text[from..]);
}

/// What no place in a document holds as it is, and a few bytes more.
#[inline]
fn is_special(bytes: Sixteen) -> Marks {
    let tags = bytes.equal(b'<').or(bytes.equal(b'>'));
    let others = bytes.equal(b'&').or(bytes.equal(0xef));
    bytes.below(0x20).or(tags).or(others)
}

/// Whether XML 1.0 can hold a character at all (`Char` in section 2.2).
pub fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

struct Parser {
    format: &'static str,
    open: Vec<Element>,
    elements: usize,
}

impl Parser {
    fn run(mut self, source: &str) -> Result<Element, Error> {
        let mut reader = NsReader::from_str(source);
        let mut root = None;
        loop {
            let start = position(reader.buffer_position());
            let event = reader.read_event().map_err(|error| Error::Xml {
                format: self.format,
                detail: error.to_string(),
                offset: position(reader.error_position()),
            })?;
            let end = position(reader.buffer_position());
            let closed = match event {
                Event::Start(tag) => {
                    let (namespace, _) = reader.resolver().resolve_element(tag.name());
                    self.start(&tag, &namespace, start)?;
                    None
                }
                Event::Empty(tag) => {
                    let (namespace, _) = reader.resolver().resolve_element(tag.name());
                    self.start(&tag, &namespace, start)?;
                    self.close(end)
                }
                Event::End(_) => self.close(end),
                Event::Text(text) => {
                    self.text(&text);
                    None
                }
                Event::CData(text) => {
                    self.text(&text);
                    None
                }
                Event::GeneralRef(reference) => {
                    self.reference(&reference, start)?;
                    None
                }
                Event::DocType(_) => {
                    return Err(self.bad("a document type is not allowed".to_owned(), start));
                }
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => None,
                Event::Eof => break,
            };
            if let Some(element) = closed {
                if root.is_some() {
                    return Err(self.bad("a second root element".to_owned(), start));
                }
                root = Some(element);
            }
        }
        if !self.open.is_empty() {
            return Err(self.bad("the document ends inside an element".to_owned(), source.len()));
        }
        root.ok_or(Error::Missing { format: self.format, part: "root element" })
    }

    fn start(
        &mut self,
        tag: &quick_xml::events::BytesStart<'_>,
        namespace: &ResolveResult<'_>,
        offset: usize,
    ) -> Result<(), Error> {
        if self.open.len() >= limits::XML_DEPTH_MAX {
            return Err(Error::TooDeep { format: self.format, limit: limits::XML_DEPTH_MAX });
        }
        self.elements += 1;
        if self.elements > limits::XML_ELEMENTS_MAX {
            return Err(self.bad("too many elements".to_owned(), offset));
        }
        let name = tag.local_name().as_ref().to_owned();
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => namespace.as_ref(),
            ResolveResult::Unbound | ResolveResult::Unknown(_) => "",
        };
        if namespace.len() > limits::XML_NAMESPACE_BYTES_MAX {
            return Err(self.bad("a namespace is too long".to_owned(), offset));
        }
        let namespace = namespace.to_owned();
        let mut attributes = Vec::new();
        // The reader's own check for duplicates compares every pair; the limit makes it needless.
        for attribute in tag.attributes().with_checks(false) {
            if attributes.len() >= limits::XML_ATTRIBUTES_MAX {
                return Err(self.bad("too many attributes".to_owned(), offset));
            }
            let attribute = attribute.map_err(|error| self.bad(error.to_string(), offset))?;
            let key = attribute.key.local_name().as_ref().to_owned();
            let value = quick_xml::escape::unescape(&attribute.value)
                .map_err(|error| self.bad(error.to_string(), offset))?;
            attributes.push((key, value.into_owned()));
        }
        let (text, children) = (String::new(), Vec::new());
        let span = offset..offset;
        self.open.push(Element { name, namespace, attributes, text, children, span });
        Ok(())
    }

    fn close(&mut self, end: usize) -> Option<Element> {
        let mut element = self.open.pop()?;
        element.span.end = end;
        match self.open.last_mut() {
            Some(parent) => {
                parent.children.push(element);
                None
            }
            None => Some(element),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>, offset: usize) -> Result<(), Error> {
        let character =
            reference.resolve_char_ref().map_err(|error| self.bad(error.to_string(), offset))?;
        if let Some(character) = character {
            self.text(character.encode_utf8(&mut [0; 4]));
            return Ok(());
        }
        let Some(text) = resolve_predefined_entity(reference) else {
            let name: &str = reference;
            return Err(self.bad(format!("unknown entity &{name};"), offset));
        };
        self.text(text);
        Ok(())
    }

    fn bad(&self, detail: String, offset: usize) -> Error {
        Error::Xml { format: self.format, detail, offset }
    }
}

fn position(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        // What escaping is: the library's, then what XML 1.0 cannot hold or would change.
        #[test]
        fn every_text_is_escaped_alike(
            text in prop_oneof![any::<String>(), "[\u{0}-\u{40}]{0,60}", "[\u{ffc0}-\u{ffff}a<]{0,9}"],
        ) {
            let expected = |escaped: &str| {
                let mut expected = String::new();
                for character in escaped.chars() {
                    match character {
                        '\r' => expected.push_str("&#13;"),
                        c if is_xml_character(c) => expected.push(c),
                        _ => expected.push(char::REPLACEMENT_CHARACTER),
                    }
                }
                expected
            };
            prop_assert_eq!(escape(&text), expected(&quick_xml::escape::escape(&text)));
            let content = quick_xml::escape::partial_escape(&text);
            prop_assert_eq!(escape_content(&text), expected(&content));
        }
    }
}
