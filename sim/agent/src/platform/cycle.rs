//! When a product reports usage: as the policy says, or on a cycle of its own.

use serde::{Deserialize, Serialize};

/// When usage is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "CycleText", into = "CycleText")]
pub enum ReportingCycle {
    /// As the policy in force and the configured interval say.
    Policy,
    /// At a fixed distance, whatever is configured.
    Fixed {
        /// Hours between reports.
        hours: u32,
    },
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CycleText {
    Policy,
    #[serde(untagged)]
    Fixed {
        fixed_hours: u32,
    },
}

impl From<CycleText> for ReportingCycle {
    fn from(text: CycleText) -> Self {
        match text {
            CycleText::Policy => Self::Policy,
            CycleText::Fixed { fixed_hours } => Self::Fixed { hours: fixed_hours },
        }
    }
}

impl From<ReportingCycle> for CycleText {
    fn from(cycle: ReportingCycle) -> Self {
        match cycle {
            ReportingCycle::Policy => Self::Policy,
            ReportingCycle::Fixed { hours } => Self::Fixed { fixed_hours: hours },
        }
    }
}
