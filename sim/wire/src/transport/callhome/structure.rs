//! The frame of a Call Home document: which element must be where, and of which namespace.

use super::FORMAT;
use crate::Error;
use crate::xml::Element;

/// Checks name and namespace of an element.
pub(super) fn check_name(
    element: &Element,
    namespace: &'static str,
    name: &'static str,
) -> Result<(), Error> {
    let found = |part, found: &str, expected| Err(Error::malformed(FORMAT, part, found, expected));
    if element.name != name {
        return found("root element", &element.name, name);
    }
    if element.namespace != namespace {
        return found(namespace_of(name), &element.namespace, namespace);
    }
    Ok(())
}

/// The child of that name and namespace.
pub(super) fn part<'a>(
    parent: &'a Element,
    namespace: &'static str,
    name: &'static str,
) -> Result<&'a Element, Error> {
    let missing = Error::Missing { format: FORMAT, part: name };
    optional_part(parent, namespace, name)?.ok_or(missing)
}

/// The child of that name and namespace; an error when only others have the name.
pub(super) fn optional_part<'a>(
    parent: &'a Element,
    namespace: &'static str,
    name: &'static str,
) -> Result<Option<&'a Element>, Error> {
    let mut named = parent.children.iter().filter(|child| child.name == name).peekable();
    let first = named.peek().copied();
    match named.find(|child| child.namespace == namespace) {
        Some(child) => Ok(Some(child)),
        None => first.map_or(Ok(None), |other| check_name(other, namespace, name).map(|()| None)),
    }
}

fn namespace_of(name: &str) -> &'static str {
    match name {
        "Envelope" => "namespace of Envelope",
        "Body" => "namespace of Body",
        "Header" => "namespace of Header",
        "Session" => "namespace of Session",
        "Block" => "namespace of Block",
        "Attachments" => "namespace of Attachments",
        "Attachment" => "namespace of Attachment",
        "Data" => "namespace of Data",
        _ => "namespace",
    }
}

/// Refuses a document that says it is not UTF-8; the bytes are known to be.
pub(super) fn check_declared_encoding(source: &str) -> Result<(), Error> {
    let Some(rest) = source.strip_prefix("<?xml") else { return Ok(()) };
    let declaration = rest.split("?>").next().unwrap_or_default();
    let Some((_, after)) = declaration.split_once("encoding") else { return Ok(()) };
    let value = after.trim_start().strip_prefix('=').unwrap_or(after).trim_start();
    let encoding = value.split(['"', '\'']).nth(1).unwrap_or(value);
    let known = ["utf-8", "utf8", "us-ascii"];
    if known.iter().any(|known| encoding.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    Err(Error::malformed(FORMAT, "declared encoding", encoding, "UTF-8"))
}
