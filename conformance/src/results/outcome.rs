//! The one fact a caller needs for an exit code. Which number it becomes is the command line's.

use serde::{Deserialize, Serialize};

use super::{EntryState, Results, ScenarioOutcome};
use crate::verdict::Verdict;

/// What a run comes to, gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The user cut the run short.
    Interrupted,
    /// No exchange of the run was ever answered.
    TargetUnreachable,
    /// A MUST is violated, or a scenario's own expectation unmet, and no expectation entry
    /// excuses it.
    ConformanceFailure,
    /// Not one check was exercised: the run proves nothing and counts as a failure.
    NothingExecuted,
    /// An expectation entry is refuted or stale, or coverage of the baseline is lost.
    ExpectationsOutdated,
    /// Nothing failed, but a check could not decide or a scenario broke off.
    Indeterminate,
    /// Nothing to object to.
    Passed,
}

impl Results {
    /// What the run comes to, by the precedence of [`Outcome`].
    #[must_use]
    pub fn exit(&self) -> Outcome {
        if self.interrupted {
            Outcome::Interrupted
        } else if self.exchanges > 0 && self.failed_exchanges == self.exchanges {
            Outcome::TargetUnreachable
        } else if self.has_failures() {
            Outcome::ConformanceFailure
        } else if !self.checks.iter().any(|check| check.verdict.is_exercised()) {
            Outcome::NothingExecuted
        } else if self.is_outdated() {
            Outcome::ExpectationsOutdated
        } else if self.is_indeterminate() {
            Outcome::Indeterminate
        } else {
            Outcome::Passed
        }
    }

    fn has_failures(&self) -> bool {
        self.checks.iter().any(super::CheckResult::is_failure)
            || self
                .scenarios
                .iter()
                .any(|scenario| scenario.expectations_unmet_count > 0 && !scenario.known)
    }

    fn is_outdated(&self) -> bool {
        !self.expectations.lost_coverage.is_empty()
            || self.expectations.entries.iter().any(|entry| {
                matches!(entry.state, EntryState::UnexpectedPass { .. } | EntryState::Stale { .. })
            })
    }

    fn is_indeterminate(&self) -> bool {
        let undecided = self.checks.iter().any(|check| {
            matches!(check.verdict, Verdict::Inconclusive { .. }) && !check.is_expected()
        });
        let broken = self
            .scenarios
            .iter()
            .any(|scenario| matches!(scenario.outcome, ScenarioOutcome::Broken { .. }));
        undecided || broken
    }
}
