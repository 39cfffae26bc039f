//! What can be wrong with a platform file, and what to do about it.

use compact_str::CompactString;

/// What is wrong with one member of a platform file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlatformFault {
    /// Not TOML, or a member is missing, unknown or of the wrong kind.
    #[error("{detail}")]
    Toml {
        /// The parser's words, on one line.
        detail: String,
    },
    /// A tag without the registered form.
    #[error("{found:?} has no registered-id form")]
    Tag {
        /// What stood there.
        found: CompactString,
    },
    /// A text that must not be empty, or is too long to be what it says.
    #[error("the text has {length} characters")]
    Length {
        /// Characters found.
        length: usize,
        /// Characters allowed.
        length_max: usize,
    },
    /// A number outside its range.
    #[error("{found} is out of range")]
    Range {
        /// What stood there.
        found: u64,
        /// Smallest number allowed.
        min: u64,
        /// Largest number allowed.
        max: u64,
    },
    /// Two entries of one name.
    #[error("{found:?} is listed twice")]
    Twice {
        /// The name.
        found: CompactString,
    },
    /// A feature that the file lists no licence for.
    #[error("no licence is listed for feature {found:?}")]
    UnknownFeature {
        /// The feature.
        found: CompactString,
    },
    /// Throughput levels that do not rise.
    #[error("{found} does not rise above the level before it")]
    NotAscending {
        /// The level.
        found: u32,
    },
    /// A member that only makes sense in the other era.
    #[error("not possible in this era")]
    WrongEra,
    /// Nothing plays the active part.
    #[error("no role is `active`")]
    NoActive,
}

impl PlatformFault {
    /// What to do, as a fragment.
    pub fn remedy(&self) -> String {
        match self {
            Self::Toml { detail } if detail.starts_with("missing field") => "add it".to_owned(),
            Self::Toml { detail } if detail.starts_with("unknown field") => {
                "correct its spelling or remove it".to_owned()
            }
            Self::Toml { detail } if detail.starts_with("unknown variant") => {
                "choose one of these".to_owned()
            }
            Self::Toml { .. } => "write it as the other platform files do".to_owned(),
            Self::Tag { .. } => {
                "write it as `regid.YYYY-MM.com.cisco.<name>,<version>_<uuid>`".to_owned()
            }
            Self::Length { length_max, .. } => format!("give it 1 to {length_max} characters"),
            Self::Range { min, max, .. } => format!("choose {min} to {max}"),
            Self::Twice { .. } => "remove one of the two".to_owned(),
            Self::UnknownFeature { .. } => "list a licence with that feature".to_owned(),
            Self::NotAscending { .. } => "list the levels from low to high, each once".to_owned(),
            Self::WrongEra => "remove it, or correct `era`".to_owned(),
            Self::NoActive => "add \"active\"".to_owned(),
        }
    }
}
