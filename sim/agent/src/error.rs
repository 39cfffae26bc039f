//! Why a platform description or a saved agent cannot be used.

use compact_str::CompactString;

use crate::platform::PlatformFault;
use crate::saved::SavedFault;

/// A failure to read a platform description or a saved agent. The text fits "cannot read the
/// platform: {error}" and "cannot restore the agent: {error}".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A platform file says something it cannot say.
    #[error("{file}{}: {key}: {fault}; {}", on_line(*line), fault.remedy())]
    Platform {
        /// The file.
        file: CompactString,
        /// Line of the file, where the parser knows it.
        line: Option<usize>,
        /// The member, for example `licenses[2].tag`.
        key: String,
        /// What is wrong with it.
        fault: PlatformFault,
    },
    /// The bytes of a saved agent are not one.
    #[error(transparent)]
    Saved(#[from] SavedFault),
}

fn on_line(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(":{line}"))
}
