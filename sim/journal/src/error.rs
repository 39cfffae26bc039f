//! Why a journal could not be written or read: where, what, and what to do about it.

use std::io;
use std::path::PathBuf;

/// A failure to write or read a journal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be created, opened or renamed.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried, for example `create`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Bytes could not be written; nothing after them was tried.
    #[error("cannot write line {line} of the journal: {source}")]
    Write {
        /// Line of the journal, from 1; the header is line 1.
        line: u64,
        /// The system's words.
        source: io::Error,
    },
    /// A journal could not be read past some line.
    #[error("{journal}, line {line}: {fault}")]
    Read {
        /// The file, or `journal` when it was not read from a file.
        journal: String,
        /// Line, from 1; the header is line 1.
        line: u64,
        /// What is wrong there.
        fault: Fault,
    },
}

impl Error {
    /// Whether the journal only ends too early: what came before is good.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        matches!(self, Self::Read { fault: Fault::CutOff, .. })
    }
}

/// What is wrong with one line of a journal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// No bytes at all.
    #[error("the journal is empty; the run ended before it could write the header")]
    Empty,
    /// Another compression than zstd.
    #[error(
        "compressed with {with}, expected zstd or plain text; unpack it with `{with} -d` first"
    )]
    Compression {
        /// The program that unpacks it.
        with: &'static str,
    },
    /// The first line is not a header.
    #[error("not a journal; the first line must hold \"schema\":\"{}\"", crate::entry::SCHEMA)]
    NotAJournal,
    /// A header of a later schema.
    #[error("schema {found} is newer than {}; read it with a later Muster", crate::entry::SCHEMA)]
    NewerSchema {
        /// The schema as it stands there.
        found: String,
    },
    /// A header of something else.
    #[error("schema is {found:?}, expected {}; this file is not a journal", crate::entry::SCHEMA)]
    OtherSchema {
        /// The schema as it stands there, cut to 80 characters.
        found: String,
    },
    /// A header without its members.
    #[error("the header does not fit its schema: {detail}")]
    Header {
        /// The parser's words.
        detail: String,
    },
    /// A line that is not an entry.
    #[error("not a journal entry: {detail} (column {column}); the lines before it are good")]
    Entry {
        /// The parser's words.
        detail: String,
        /// Column, from 1.
        column: usize,
    },
    /// A line over the limit.
    #[error("the line is over {limit} bytes; no Muster writes such a line")]
    TooLong {
        /// Bytes allowed.
        limit: usize,
    },
    /// The journal stops in mid-entry.
    #[error("the journal is cut off here; the lines before it are good, the run did not finish")]
    CutOff,
    /// The compressed data does not decompress.
    #[error("the compressed data is damaged ({detail}); fetch or copy the journal again")]
    Damaged {
        /// The decompressor's words.
        detail: String,
    },
    /// The bytes could not be read.
    #[error("cannot be read: {source}")]
    Io {
        /// The system's words.
        source: io::Error,
    },
}
