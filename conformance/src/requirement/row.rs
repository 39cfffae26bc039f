//! The flat shape of a requirement in the catalogue files and in JSON, where status and reason are
//! two fields.

use serde::{Deserialize, Serialize};

use super::{
    Actor, AmbiguityId, Level, Observe, Provenance, Requirement, RequirementId, Source, Status,
    StatusError,
};

/// One `[[requirement]]` table.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    id: RequirementId,
    level: Level,
    actor: Actor,
    statement: String,
    trigger: String,
    expected: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timer: Option<String>,
    provenance: Provenance,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    derived: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ambiguity: Option<AmbiguityId>,
    source: Source,
    observe: Vec<Observe>,
    status: StatusName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StatusName {
    Planned,
    Simulated,
    UiOnly,
    OutOfScope,
}

impl TryFrom<Row> for Requirement {
    type Error = StatusError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let reason = row.reason.filter(|reason| !reason.trim().is_empty());
        let explained = |status| reason.clone().ok_or(StatusError::ReasonMissing { status });
        let status = match row.status {
            StatusName::Planned if reason.is_some() => return Err(StatusError::ReasonWithoutUse),
            StatusName::Planned => Status::Planned,
            StatusName::Simulated => Status::Simulated { reason: explained("simulated")? },
            StatusName::UiOnly => Status::UiOnly { reason: explained("ui-only")? },
            StatusName::OutOfScope => Status::OutOfScope { reason: explained("out-of-scope")? },
        };
        Ok(Self {
            id: row.id,
            level: row.level,
            actor: row.actor,
            statement: row.statement,
            trigger: row.trigger,
            expected: row.expected,
            timer: row.timer,
            provenance: row.provenance,
            derived: row.derived,
            ambiguity: row.ambiguity,
            source: row.source,
            observe: row.observe,
            status,
        })
    }
}

impl From<Requirement> for Row {
    fn from(requirement: Requirement) -> Self {
        let (status, reason) = match requirement.status {
            Status::Planned => (StatusName::Planned, None),
            Status::Simulated { reason } => (StatusName::Simulated, Some(reason)),
            Status::UiOnly { reason } => (StatusName::UiOnly, Some(reason)),
            Status::OutOfScope { reason } => (StatusName::OutOfScope, Some(reason)),
        };
        Self {
            id: requirement.id,
            level: requirement.level,
            actor: requirement.actor,
            statement: requirement.statement,
            trigger: requirement.trigger,
            expected: requirement.expected,
            timer: requirement.timer,
            provenance: requirement.provenance,
            derived: requirement.derived,
            ambiguity: requirement.ambiguity,
            source: requirement.source,
            observe: requirement.observe,
            status,
            reason,
        }
    }
}
