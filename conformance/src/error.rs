//! Why a file of the user's cannot be used, with the place in it.

/// A failure of this crate. A misbehaving server is none: that is a finding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The expectation file is no TOML, or an entry has not the shape of one.
    #[error("{file}:{line}: {problem}")]
    Expectation {
        /// The file as it was named.
        file: String,
        /// Line of the problem, from 1.
        line: u32,
        /// What is wrong.
        problem: String,
    },
    /// The coverage baseline holds something that is no check id.
    #[error("{file}:{line}: `{text}` is not a check id such as trust/stale_trust_id_is_refused")]
    Coverage {
        /// The file as it was named.
        file: String,
        /// Line of the problem, from 1.
        line: u32,
        /// What stands there.
        text: String,
    },
    /// Neither a requirement nor a check has that id.
    #[error("no requirement and no check is called `{text}`{}", meant(nearest))]
    Unknown {
        /// What was asked for.
        text: String,
        /// An id that comes near.
        nearest: Option<String>,
    },
}

fn meant(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|id| format!("; did you mean {id}?")).unwrap_or_default()
}
