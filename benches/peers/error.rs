//! What can go wrong in the bench itself. A peer that misbehaves is a note in a table instead.

use std::io;

/// Why the bench cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The system refused something.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// The system's words.
        source: io::Error,
    },
    /// A word of the command line.
    #[error("{word}: {problem}")]
    Argument {
        /// The word.
        word: String,
        /// What to write instead.
        problem: &'static str,
    },
    /// Something the bench relies on did not happen.
    #[error("{what}")]
    Broken {
        /// What, as a fragment.
        what: String,
    },
}

/// Turns a system error into one of ours.
pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
    let what = what.into();
    move |source| Error::Io { what, source }
}

/// A broken assumption.
pub(crate) fn broken(what: impl Into<String>) -> Error {
    Error::Broken { what: what.into() }
}
