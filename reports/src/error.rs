//! What can go wrong between results and report files.

use std::io;
use std::path::PathBuf;

use muster_conformance::requirement::InvalidRequirementId;

/// A report could not be made, written or read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The directory for the reports cannot be made.
    #[error(
        "cannot create the report directory `{}`: name one that can be written to",
        path.display()
    )]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A report cannot be written; what stood at the path before is untouched.
    #[error(
        "cannot write `{}`: check free space, permissions and that it is no directory",
        path.display()
    )]
    Write {
        /// The report.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The JUnit writer refused the results.
    #[error("cannot form the JUnit report")]
    Junit(#[from] quick_junit::SerializeError),
    /// The template engine refused the results.
    #[error("cannot form the HTML report")]
    Html(#[from] minijinja::Error),
    /// A text is no results document.
    #[error("not a results document: expected the results.json of a run")]
    Json(#[from] serde_json::Error),
    /// A results document of another version.
    #[error("results document has schema `{found}`, this Muster reads `{}`", crate::json::SCHEMA)]
    Schema {
        /// What it says.
        found: String,
    },
    /// A results document names a requirement that cannot exist.
    #[error("results document is damaged")]
    RequirementId(#[from] InvalidRequirementId),
    /// A finding of a results document belongs to no check in it.
    #[error("results document is damaged: a finding names check `{check}`, which is not listed")]
    StrayFinding {
        /// The check it names.
        check: String,
    },
}
