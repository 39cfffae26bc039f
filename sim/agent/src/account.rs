//! Which accounts a product instance belongs to, and its identifier there, in little space.

use muster_wire::ProductInstanceId;

use crate::heap::Heap;
use crate::saved::{Bytes, Saved, SavedFault, saved_struct};

const UUID_LENGTH: usize = 36;

/// The accounts an instance belongs to. Most instances of a run share theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accounts {
    pub(crate) smart: Box<str>,
    pub(crate) virtual_: Box<str>,
}

/// A product instance identifier in little space: nearly every one is a UUID in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identifier {
    None,
    Uuid([u8; 16]),
    Other(Box<str>),
}

impl Identifier {
    pub(crate) fn new(id: Option<&str>) -> Self {
        match id {
            None => Self::None,
            Some(text) => uuid(text).map_or_else(|| Self::Other(text.into()), Self::Uuid),
        }
    }

    pub(crate) fn id(&self) -> Option<ProductInstanceId> {
        match self {
            Self::None => None,
            Self::Uuid(bytes) => Some(ProductInstanceId::from_uuid(bytes)),
            Self::Other(text) => Some(ProductInstanceId::new(text)),
        }
    }
}

/// The bytes of a UUID that [`ProductInstanceId::from_uuid`] writes back letter for letter.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let text: &[u8; UUID_LENGTH] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 16];
    let mut at = 0;
    for byte in &mut bytes {
        if matches!(at, 8 | 13 | 18 | 23) {
            if text[at] != b'-' {
                return None;
            }
            at += 1;
        }
        *byte = digit(text[at])? << 4 | digit(text[at + 1])?;
        at += 2;
    }
    Some(bytes)
}

const fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    }
}

impl Heap for Identifier {
    fn heap_bytes(&self) -> usize {
        match self {
            Self::None | Self::Uuid(_) => 0,
            Self::Other(text) => text.heap_bytes(),
        }
    }
}

saved_struct!(Accounts { smart, virtual_ });

impl Saved for Identifier {
    fn save(&self, out: &mut Vec<u8>) {
        match self {
            Self::None => out.push(0),
            Self::Uuid(bytes) => {
                out.push(1);
                out.extend_from_slice(bytes);
            }
            Self::Other(text) => {
                out.push(2);
                text.save(out);
            }
        }
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        Ok(match u8::restore(from)? {
            0 => Self::None,
            1 => Self::Uuid(from.chunk()?),
            2 => Self::Other(Saved::restore(from)?),
            _ => return Err(from.impossible("an identifier")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identifier_reads_back_as_it_was_given() {
        let uuid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
        assert!(matches!(Identifier::new(Some(uuid)), Identifier::Uuid(_)));
        for text in [
            uuid,
            "0F1E2D3C-4b5a-6978-8796-a5b4c3d2e1f0",
            "0f1e2d3c04b5a-6978-8796-a5b4c3d2e1f0",
            "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f",
            "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1fg",
            "42",
            "",
        ] {
            assert_eq!(Identifier::new(Some(text)).id(), Some(ProductInstanceId::new(text)));
        }
        assert_eq!(Identifier::new(None).id(), None);
    }
}
