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
        let wrong = || Error::malformed("UDI", "text", text, "P:<product id>,S:<serial number>");
        let rest = text.strip_prefix("P:").ok_or_else(wrong)?;
        let (product_id, rest) = rest.split_once(',').ok_or_else(wrong)?;
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let rest = rest.strip_prefix("S:").ok_or_else(wrong)?;
        let serial_number = rest.split(',').next().unwrap_or(rest);
        if product_id.is_empty() || serial_number.is_empty() {
            return Err(wrong());
        }
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
