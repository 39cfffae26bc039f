//! Why a platform description or a saved agent cannot be used.

use compact_str::CompactString;

use crate::saved::SavedFault;

/// A failure to read a platform description or a saved agent. The text fits "cannot read the
/// platform: {error}" and "cannot restore the agent: {error}".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not TOML, or a member is missing, unknown or of the wrong kind.
    #[error("{detail}")]
    Toml {
        /// The parser's words, with line and column.
        detail: String,
    },
    /// A tag without the registered form `regid.YYYY-MM.com.cisco.<name>,<version>_<uuid>`.
    #[error("{part} is {found:?}, which has no registered-id form")]
    Tag {
        /// Which member.
        part: &'static str,
        /// What stood there.
        found: CompactString,
    },
    /// A text that must not be empty, or is too long to be what it says.
    #[error("{part} has {length} characters, expected 1 to {length_max}")]
    Length {
        /// Which member.
        part: &'static str,
        /// Characters found.
        length: usize,
        /// Characters allowed.
        length_max: usize,
    },
    /// A reporting cycle of no hours, or of more than a year.
    #[error("a fixed cycle of {hours} h is outside 1 to 8760")]
    Cycle {
        /// Hours found.
        hours: u32,
    },
    /// No licences, or more than an agent keeps.
    #[error("{count} licences listed, expected 1 to {count_max}")]
    Licenses {
        /// Licences found.
        count: usize,
        /// Licences allowed.
        count_max: usize,
    },
    /// The bytes of a saved agent are not one.
    #[error(transparent)]
    Saved(#[from] SavedFault),
    /// Two licences of one name.
    #[error("licence {feature:?} is listed twice")]
    DuplicateLicense {
        /// The name.
        feature: CompactString,
    },
}
