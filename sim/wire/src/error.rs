//! Why bytes are not a message: which format, which part, what was wrong.

/// A decoding failure. The text is a fragment that fits "cannot decode: {error}".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// More bytes than the format may have.
    #[error("{format} of {length} bytes is over the limit of {limit}")]
    TooLong {
        /// The format being read.
        format: &'static str,
        /// Bytes offered.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Elements nested deeper than allowed.
    #[error("{format} is nested deeper than {limit} levels")]
    TooDeep {
        /// The format being read.
        format: &'static str,
        /// Levels allowed.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("{format} is not UTF-8 (first bad byte at {offset})")]
    NotText {
        /// The format being read.
        format: &'static str,
        /// Offset of the first byte that is not UTF-8.
        offset: usize,
    },
    /// JSON that does not parse or lacks a member.
    #[error("{format}: {detail} at line {line} column {column}")]
    Json {
        /// The format being read.
        format: &'static str,
        /// The parser's words, without the position.
        detail: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// XML that is not well formed.
    #[error("{format}: {detail} at byte {offset}")]
    Xml {
        /// The format being read.
        format: &'static str,
        /// The parser's words.
        detail: String,
        /// Byte offset.
        offset: usize,
    },
    /// A part that must be there is not.
    #[error("{format} has no {part}")]
    Missing {
        /// The format being read.
        format: &'static str,
        /// The element or member that is missing.
        part: &'static str,
    },
    /// A part holds a value of another form.
    #[error("{format}: {part} is {found:?}, expected {expected}")]
    Malformed {
        /// The format being read.
        format: &'static str,
        /// The element or member.
        part: &'static str,
        /// What stood there, cut to 80 characters.
        found: String,
        /// The expected form.
        expected: &'static str,
    },
}

impl Error {
    pub(crate) fn json(format: &'static str, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let detail = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Self::Json { format, detail, line: error.line(), column: error.column() }
    }

    pub(crate) fn malformed(
        format: &'static str,
        part: &'static str,
        found: &str,
        expected: &'static str,
    ) -> Self {
        Self::Malformed { format, part, found: found.chars().take(80).collect(), expected }
    }
}
