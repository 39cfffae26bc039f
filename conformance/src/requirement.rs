//! One documented obligation: who owes what, when, by which document, and how it can be seen.
//!
//! The texts say "PI" and "device" for a product instance, "LVA" for a local virtual account, "OOC"
//! for out of compliance. `(L322)` after a section is the line of the text edition.

mod ambiguity;
mod id;
mod row;
mod status;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use ambiguity::{Ambiguity, AmbiguityId, InvalidAmbiguityId};
pub use id::{InvalidRequirementId, RequirementId};
pub use status::{Status, StatusError};

/// One row of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "row::Row", into = "row::Row")]
pub struct Requirement {
    /// Its name, which checks cite.
    pub id: RequirementId,
    /// How binding it is.
    pub level: Level,
    /// Who owes it.
    pub actor: Actor,
    /// The obligation, one fact in one or two sentences.
    pub statement: String,
    /// What has to happen before it can be judged.
    pub trigger: String,
    /// What is then seen on a conforming server or instance.
    pub expected: String,
    /// The time or limit in it, as the documents give it.
    pub timer: Option<String>,
    /// What kind of text it rests on.
    pub provenance: Provenance,
    /// The rule is stated but the exact failure is inferred: a check on it is soft.
    pub derived: bool,
    /// The reading of the documents it depends on.
    pub ambiguity: Option<AmbiguityId>,
    /// Where it is written.
    pub source: Source,
    /// The sides of a server that show it; all of them are useful together.
    pub observe: Vec<Observe>,
    /// What this harness does about it.
    pub status: Status,
}

/// How binding a requirement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Stated as a fact or a limit.
    Must,
    /// Recommended.
    Should,
    /// Optional, or merely possible.
    May,
}

/// Who owes a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Actor {
    /// Any licensing server.
    #[serde(rename = "server")]
    Server,
    /// An SSM On-Prem.
    #[serde(rename = "server-onprem")]
    OnPrem,
    /// CSSM.
    #[serde(rename = "server-cssm")]
    Cssm,
    /// A CSLU.
    #[serde(rename = "server-cslu")]
    Cslu,
    /// The product instance, `device` in the files.
    #[serde(rename = "device")]
    ProductInstance,
    /// A person: the text is advice.
    #[serde(rename = "operator")]
    Operator,
}

/// What kind of text a requirement rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// A statement of one of the manuals.
    Documented,
    /// A sample message in a manual: the shape is firm, the values are examples.
    Sample,
    /// Another public source.
    Public,
    /// A proposal of this harness where the documents are silent; breaking it is no failure.
    Assumed,
}

/// A side of a server on which a requirement shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observe {
    /// The answers to product instances, `device` in the files.
    #[serde(rename = "device")]
    InstanceSide,
    /// The admin REST API.
    AdminApi,
    /// Needs the target's clock hook.
    Clock,
    /// The upstream side: synchronization exchanges or files.
    Sync,
    /// Remote syslog.
    Syslog,
    /// The web user interface, which Muster does not drive.
    Ui,
    /// Console, backup or access to the host.
    Ops,
}

/// Where a requirement is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Title of the document; `Public` when it is a page or repository.
    pub document: String,
    /// Section and line, or the page or repository.
    pub section: String,
}

impl Level {
    /// The level as the catalogue writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        }
    }
}

impl Actor {
    /// Whether a server of any kind owes the requirement.
    #[must_use]
    pub const fn is_server(self) -> bool {
        matches!(self, Self::Server | Self::OnPrem | Self::Cssm | Self::Cslu)
    }

    /// The actor as the catalogue writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::OnPrem => "server-onprem",
            Self::Cssm => "server-cssm",
            Self::Cslu => "server-cslu",
            Self::ProductInstance => "device",
            Self::Operator => "operator",
        }
    }
}

impl Provenance {
    /// The provenance as the catalogue writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Sample => "sample",
            Self::Public => "public",
            Self::Assumed => "assumed",
        }
    }
}

impl Observe {
    /// The side as the catalogue writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InstanceSide => "device",
            Self::AdminApi => "admin-api",
            Self::Clock => "clock",
            Self::Sync => "sync",
            Self::Syslog => "syslog",
            Self::Ui => "ui",
            Self::Ops => "ops",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Observe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.document, self.section)
    }
}
