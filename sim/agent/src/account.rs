//! Which accounts a product instance belongs to, and its identifier there, in little space.

use compact_str::CompactString;
use muster_wire::ProductInstanceId;
use muster_wire::entitlement::is_uuid;

use crate::heap::Heap;
use crate::saved::{Bytes, Saved, SavedFault, saved_struct};

/// The accounts an instance belongs to. Most instances of a run share theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
            Self::Uuid(bytes) => Some(ProductInstanceId(uuid_text(bytes))),
            Self::Other(text) => Some(ProductInstanceId::new(text)),
        }
    }
}

fn uuid(text: &str) -> Option<[u8; 16]> {
    if !is_uuid(text) {
        return None;
    }
    let mut digits = text.bytes().filter(|byte| *byte != b'-').map(|byte| match byte {
        b'a'..=b'f' => byte - b'a' + 10,
        _ => byte - b'0',
    });
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        *byte = digits.next()? << 4 | digits.next()?;
    }
    Some(bytes)
}

fn uuid_text(bytes: &[u8; 16]) -> CompactString {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b'-'; 36];
    let places = (0..36).filter(|at| !matches!(at, 8 | 13 | 18 | 23));
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    for (at, digit) in places.zip(digits) {
        text[at] = DIGITS[usize::from(digit)];
    }
    std::str::from_utf8(&text).expect("hexadecimal digits are ASCII").into()
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
