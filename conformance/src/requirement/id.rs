//! The name of a requirement: an area of two to eight capital letters, a dash, three digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest id: eight letters, the dash, three digits.
const LENGTH_MAX: usize = 12;
const LETTERS_MIN: usize = 2;
const DIGITS: usize = 3;

/// A requirement's id such as `TRUST-012`, ordered by area and then by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequirementId {
    /// ASCII, padded with zero bytes, so that byte order is the order of the text.
    bytes: [u8; LENGTH_MAX],
}

/// The text is not of the form `AREA-nnn`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a requirement id such as TRUST-012")]
pub struct InvalidRequirementId {
    /// What was given.
    pub text: String,
}

impl RequirementId {
    /// The id written in `text`, for ids that stand in the source code.
    ///
    /// # Panics
    ///
    /// When `text` is not of the form `AREA-nnn`; in a `static` or `const` that is a build error.
    #[must_use]
    pub const fn from_static(text: &'static str) -> Self {
        match Self::parse(text) {
            Some(id) => id,
            None => panic!("a requirement id has the form AREA-nnn"),
        }
    }

    /// The id as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(LENGTH_MAX);
        std::str::from_utf8(&self.bytes[..length]).expect("parse admits ASCII only")
    }

    /// The area, for example `TRUST`.
    #[must_use]
    pub fn area(&self) -> &str {
        let text = self.as_str();
        &text[..text.len() - DIGITS - 1]
    }

    /// The number within the area, from 1.
    #[must_use]
    pub fn number(&self) -> u16 {
        let text = self.as_str();
        text[text.len() - DIGITS..].parse().expect("parse admits three digits only")
    }

    const fn parse(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.len() > LENGTH_MAX || text.len() < LETTERS_MIN + 1 + DIGITS {
            return None;
        }
        let dash = text.len() - DIGITS - 1;
        let mut bytes = [0; LENGTH_MAX];
        let mut zeros = 0;
        let mut index = 0;
        while index < text.len() {
            let byte = text[index];
            let fits = if index < dash {
                byte.is_ascii_uppercase()
            } else if index == dash {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            };
            if !fits {
                return None;
            }
            if byte == b'0' {
                zeros += 1;
            }
            bytes[index] = byte;
            index += 1;
        }
        if zeros == DIGITS { None } else { Some(Self { bytes }) }
    }
}

impl FromStr for RequirementId {
    type Err = InvalidRequirementId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).ok_or_else(|| InvalidRequirementId { text: text.to_owned() })
    }
}

impl TryFrom<String> for RequirementId {
    type Error = InvalidRequirementId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RequirementId> for String {
    fn from(id: RequirementId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const IN_A_CONSTANT: RequirementId = RequirementId::from_static("SYSLOG-044");

    #[test]
    fn an_id_knows_its_area_and_number() {
        assert_eq!(IN_A_CONSTANT.area(), "SYSLOG");
        assert_eq!(IN_A_CONSTANT.number(), 44);
        assert_eq!(format!("{IN_A_CONSTANT:>12}|{IN_A_CONSTANT:?}"), "  SYSLOG-044|SYSLOG-044");
    }

    #[test]
    fn ids_sort_by_area_then_number() {
        let mut ids = ["RUM-010", "EVT-001", "RUM-009", "EVAL-002"].map(RequirementId::from_static);
        ids.sort();
        assert_eq!(ids.map(|id| id.to_string()), ["EVAL-002", "EVT-001", "RUM-009", "RUM-010"]);
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "TRUST",
            "TRUST-",
            "TRUST-12",
            "TRUST-0012",
            "TRUST-000",
            "trust-012",
            "T-012",
            "TRUST_012",
            "TRUST-01a",
            " TRUST-012",
            "TRUSTCODES-012",
            "TRÜST-012",
            "TRUST-０１２",
        ] {
            let error = text.parse::<RequirementId>().expect_err(text);
            assert_eq!(error.text, text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_comes_back_unchanged(text in "\\PC{0,14}") {
            if let Ok(id) = text.parse::<RequirementId>() {
                prop_assert_eq!(id.as_str(), text);
            }
        }

        #[test]
        fn every_well_formed_id_comes_back_unchanged(text in "[A-Z]{2,8}-[0-9]{2}[1-9]") {
            let id: RequirementId = text.parse().expect("well formed");
            prop_assert_eq!(format!("{}-{:03}", id.area(), id.number()), text);
        }
    }
}
