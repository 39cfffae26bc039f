//! The unique device identifier in its text form, `P:<product id>,S:<serial number>`.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Trustcode Processed from CSSM".

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::Error;

/// Product id and serial number: the identity a trust code is locked to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Udi {
    /// Product id, for example `C9800-L-F-K9`.
    pub product_id: CompactString,
    /// Serial number.
    pub serial_number: CompactString,
}

impl Udi {
    /// A UDI from its two parts.
    pub fn new(product_id: &str, serial_number: &str) -> Self {
        Self { product_id: product_id.into(), serial_number: serial_number.into() }
    }

    /// Whether `text` reads as this UDI.
    pub fn is_read_from(&self, text: &str) -> bool {
        parts(text) == Some((&self.product_id, &self.serial_number))
    }
}

/// Product id and serial number of a text form.
fn parts(text: &str) -> Option<(&str, &str)> {
    let (product_id, rest) = text.strip_prefix("P:")?.split_once(',')?;
    let rest = rest.strip_prefix(' ').unwrap_or(rest).strip_prefix("S:")?;
    let serial_number = rest.split_once(',').map_or(rest, |(serial_number, _)| serial_number);
    (!product_id.is_empty() && !serial_number.is_empty()).then_some((product_id, serial_number))
}

impl fmt::Display for Udi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P:{},S:{}", self.product_id, self.serial_number)
    }
}

impl FromStr for Udi {
    type Err = Error;

    /// Reads `P:…,S:…[,U:…]`; one space after a comma is accepted, a UUID part is dropped.
    fn from_str(text: &str) -> Result<Self, Error> {
        let (product_id, serial_number) = parts(text).ok_or_else(|| {
            Error::malformed("UDI", "text", text, "P:<product id>,S:<serial number>")
        })?;
        Ok(Self::new(product_id, serial_number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips() {
        let udi = Udi::new("C9800-L-F-K9", "MST0000A001");
        assert_eq!(udi.to_string(), "P:C9800-L-F-K9,S:MST0000A001");
        assert!(udi.is_read_from("P:C9800-L-F-K9, S:MST0000A001,U:1"));
        assert!(!udi.is_read_from("P:C9800-L-F-K9,S:MST0000A002"));
        assert!(!udi.is_read_from("P:C9800-L-F-K,S:MST0000A001"));
        assert_eq!(udi.to_string().parse::<Udi>(), Ok(udi));
    }

    #[test]
    fn uuid_part_and_one_space_are_accepted() {
        let expected = Udi::new("C8000V", "9MST");
        assert_eq!("P:C8000V, S:9MST,U:1234".parse::<Udi>(), Ok(expected));
    }

    #[test]
    fn halves_are_refused() {
        for text in ["", "P:", "P:a", "P:a,S:", "P:,S:b", "S:b,P:a"] {
            assert!(text.parse::<Udi>().is_err(), "{text:?}");
        }
    }
}
