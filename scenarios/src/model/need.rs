//! What a scenario asks of the target before it can run.

use std::fmt;

/// One thing the target profile must have; without it the scenario is untestable on that target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The URL of the endpoint of this name.
    Endpoint(String),
    /// The secret of the ID token of this name.
    IdToken(String),
    /// The hook of this name.
    Hook(String),
    /// A clock that can be moved.
    Clock,
}

impl Need {
    /// Kind and name, for a report: `endpoint cslu`, `ID token valid`, `hook collect`, `clock`.
    #[must_use]
    pub fn name(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint(name) => write!(f, "endpoint {name}"),
            Self::IdToken(name) => write!(f, "ID token {name}"),
            Self::Hook(name) => write!(f, "hook {name}"),
            Self::Clock => f.write_str("clock"),
        }
    }
}
