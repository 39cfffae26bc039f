//! The two eras of smart licensing, which decide what a product instance does and what it sends.

use std::fmt;

/// An era.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Era {
    /// Trust codes, reports and acknowledgements.
    Policy,
    /// Registration and authorization.
    Classic,
}

impl fmt::Display for Era {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Policy => "policy",
            Self::Classic => "classic",
        })
    }
}
