//! What Muster means to do about a requirement. Which checks judge it is computed from the checks.

use std::fmt;

/// The standing of a requirement in this harness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// A check can judge it from a journal; whether one does is computed, not stored.
    Planned,
    /// The obligation lies with the product instance, so the simulated Smart Agent fulfils it.
    Simulated {
        /// Why no server is judged by it.
        reason: String,
    },
    /// Only a person at the web user interface can see it.
    UiOnly {
        /// Where in the web user interface it would show.
        reason: String,
    },
    /// Nothing that reaches a journal can show it.
    OutOfScope {
        /// What it would take to see it.
        reason: String,
    },
}

/// A status and its reason do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// Every status but `planned` has to be explained.
    #[error("missing field `reason`: status `{status}` has to be explained")]
    ReasonMissing {
        /// The status as it is written.
        status: &'static str,
    },
    /// A planned requirement has nothing to explain.
    #[error("field `reason` does not go with status `planned`")]
    ReasonWithoutUse,
}

impl Status {
    /// The status as the catalogue writes it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Simulated { .. } => "simulated",
            Self::UiOnly { .. } => "ui-only",
            Self::OutOfScope { .. } => "out-of-scope",
        }
    }

    /// Why no check judges it; `None` when one can.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Planned => None,
            Self::Simulated { reason } | Self::UiOnly { reason } | Self::OutOfScope { reason } => {
                Some(reason)
            }
        }
    }

    /// Whether a check over a journal can judge a server by it.
    #[must_use]
    pub const fn is_checkable(&self) -> bool {
        matches!(self, Self::Planned)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
