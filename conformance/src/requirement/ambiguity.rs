//! Places where the documents contradict each other or stay silent, and how Muster reads them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An ambiguity's id, `AMB-01` to `AMB-99`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AmbiguityId(u8);

/// The text is not of the form `AMB-nn`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an ambiguity id such as AMB-06")]
pub struct InvalidAmbiguityId {
    /// What was given.
    pub text: String,
}

/// One contradiction or gap of the documents and the reading this harness follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ambiguity {
    /// The id that requirements cite.
    pub id: AmbiguityId,
    /// What does not fit together.
    pub conflict: String,
    /// How the harness reads it, and what it therefore scores.
    pub resolution: String,
    /// The documents and sections concerned; `where` in the file and in JSON.
    #[serde(rename = "where")]
    pub location: String,
}

impl AmbiguityId {
    /// The number, 1 to 99.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl FromStr for AmbiguityId {
    type Err = InvalidAmbiguityId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix("AMB-")
            .filter(|digits| digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
            .filter(|number| *number != 0)
            .map(Self)
            .ok_or_else(|| InvalidAmbiguityId { text: text.to_owned() })
    }
}

impl TryFrom<String> for AmbiguityId {
    type Error = InvalidAmbiguityId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AmbiguityId> for String {
    fn from(id: AmbiguityId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for AmbiguityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AMB-{:02}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_two_digits() {
        let id: AmbiguityId = "AMB-06".parse().expect("well formed");
        assert_eq!((id.number(), id.to_string().as_str()), (6, "AMB-06"));
        for text in ["", "AMB-", "AMB-6", "AMB-006", "AMB-00", "AMB-+6", "amb-06", "AMB06"] {
            assert!(text.parse::<AmbiguityId>().is_err(), "{text}");
        }
    }
}
