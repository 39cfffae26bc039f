//! Why a command cannot do its work: where, what, what to do; and which exit code that is.

use std::path::PathBuf;

use crate::exit_code::Exit;

/// A command's failure. Findings about a server are results, never errors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// A file cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The target profile is wrong.
    #[error("target profile {0}")]
    Target(#[from] muster_fleet::TargetError),
    /// A scenario file is wrong; the text shows the place.
    #[error("{0}")]
    Scenario(String),
    /// A name that nothing has.
    #[error("no {kind} is called `{name}`{}", did_you_mean(hint.as_deref()))]
    UnknownName {
        /// What was looked for, for example `defect`.
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// The nearest name there is.
        hint: Option<String>,
    },
    /// Arguments that do not go together.
    #[error("{0}")]
    Arguments(String),
    /// A run could not start.
    #[error("{0}")]
    Run(#[from] muster_fleet::RunError),
    /// The journal cannot be read or written.
    #[error("{0}")]
    Journal(#[from] muster_journal::Error),
    /// The expectation file or coverage baseline is wrong.
    #[error("{0}")]
    Expectations(String),
    /// A report cannot be written.
    #[error("{0}")]
    Report(String),
    /// The embedded server cannot start.
    #[error("embedded server: {0}")]
    Server(#[from] muster_server::Error),
    /// Something that cannot happen.
    #[error("this is a bug in muster: {0}")]
    Bug(String),
}

impl Error {
    /// The exit code of this failure.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Run(muster_fleet::RunError::Unreachable { .. }) => Exit::Unreachable,
            Self::Bug(_) => Exit::HarnessBug,
            _ => Exit::Configuration,
        }
    }

    /// The text for standard error. Diagnostics of a scenario say `error:` in every line that is
    /// one.
    pub(crate) fn to_message(&self) -> String {
        match self {
            Self::Scenario(report) => report.trim_end().to_owned(),
            other => format!("error: {other}"),
        }
    }

    /// A file the system refused, in plain words where its own are not.
    pub(crate) fn file(path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let reason = match error.kind() {
            ErrorKind::NotFound => "there is no such file or folder".to_owned(),
            ErrorKind::IsADirectory => "this is a folder, not a file".to_owned(),
            ErrorKind::PermissionDenied => "permission denied".to_owned(),
            ErrorKind::InvalidData => "not UTF-8 text; save it as UTF-8".to_owned(),
            _ => error.to_string(),
        };
        Self::File { path: path.into(), reason }
    }

    /// A name that nothing has, with the nearest one there is.
    pub(crate) fn unknown<'a>(
        kind: &'static str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let distance = |known: &str| strsim::damerau_levenshtein(known, name);
        let hint = known
            .into_iter()
            .map(|known| (distance(known), known))
            .filter(|(distance, known)| *distance <= 2.max(known.len() / 3))
            .min()
            .map(|(_, known)| known.to_owned());
        Self::UnknownName { kind, name: name.to_owned(), hint }
    }
}

/// What follows a name nobody has, when another one is near.
fn did_you_mean(hint: Option<&str>) -> String {
    hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default()
}
