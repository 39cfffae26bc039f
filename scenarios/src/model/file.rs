//! Files that an operator carries between a product instance and its account, and what they hold.
//! A scenario keeps each under a name of its own.

/// What an instance writes to a file instead of sending it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Its usage.
    Usage(SavedUsage),
    /// A trust request.
    TrustRequest,
}

/// Which of its reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedUsage {
    /// All that are not acknowledged.
    All,
    /// Of these, what was never handed out.
    Unreported,
    /// Those with measurements of the last days.
    Days(u32),
}

/// What becomes of an authorization code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slac {
    /// Whether it is asked for or given back.
    pub wish: SlacWish,
    /// The file the request is written to; `None` sends it.
    pub file: Option<String>,
}

/// Whether an authorization code is asked for or given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlacWish {
    /// It is asked for.
    Request {
        /// Name of the feature in the platform profile.
        feature: String,
        /// Licences.
        count: u32,
        /// In the place of what is installed, not beside it.
        replace: bool,
    },
    /// All of it is given back.
    Return,
}

/// Files are carried to the account, and its answer is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// What is carried: one file as it is, or several in a bundle.
    pub files: UploadedFiles,
    /// The name its answer is kept under.
    pub answer: String,
}

/// What is carried to the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadedFiles {
    /// One file, as it is.
    One(String),
    /// A bundle, one file of each instance.
    Bundle(Vec<String>),
}

/// How a server asks an instance that it collects from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PullInterface {
    /// The service `/smartlic-service`.
    #[default]
    Rest,
    /// Operations and files, over RESTCONF.
    Restconf,
}

impl PullInterface {
    /// The word it is written with.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::Restconf => "restconf",
        }
    }
}
