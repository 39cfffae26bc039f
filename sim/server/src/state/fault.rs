//! Why a state file cannot be used, and what to do about it.

/// What is wrong with a state file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateFault {
    /// Some other file.
    #[error("it is not a state file; name one that does not exist yet to start a new state")]
    NotOurs,
    /// Another version of the format.
    #[error(
        "it has format {found} and this version reads format {known}; use the version that wrote \
         it, or start with a new file"
    )]
    Format {
        /// The file's.
        found: i64,
        /// The one of this version.
        known: i64,
    },
    /// A kind of record this version does not have.
    #[error(
        "it holds {name:?}, which this version does not know; use the version that wrote it, or \
         start with a new file"
    )]
    UnknownCollection {
        /// The kind of record.
        name: String,
    },
    /// Its bytes are not what was written.
    #[error("it is damaged ({what}); put a copy of it in its place, or start with a new file")]
    Damaged {
        /// Where and how.
        what: String,
    },
    /// Another process has it open.
    #[error("another process uses it; stop that one, or give this server a file of its own")]
    InUse,
    /// Keys, tokens and identifiers in it follow from another seed.
    #[error("it was made with seed {made_with}, not {asked}; use that seed, or start a new file")]
    OtherSeed {
        /// The file's seed.
        made_with: u64,
        /// The seed of this server.
        asked: u64,
    },
    /// The system or the database does not let it be opened, read or written.
    #[error("it cannot be opened: {reason}; see to its folder, its rights and the space left")]
    Unusable {
        /// Their words.
        reason: String,
    },
}

impl From<rusqlite::Error> for StateFault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, NotADatabase};
        let what = error.to_string();
        match error.sqlite_error_code() {
            Some(NotADatabase) => Self::NotOurs,
            Some(DatabaseCorrupt) => Self::Damaged { what },
            Some(DatabaseBusy | DatabaseLocked) => Self::InUse,
            _ => Self::Unusable { reason: what },
        }
    }
}
