//! The one fact a caller needs for an exit code. Which number it becomes is the command line's.

use muster_journal::load::GateVerdict;
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
    /// The load generator was the bottleneck: the result is invalid, whatever it says.
    GeneratorSaturated,
    /// A MUST is violated, or a scenario's own expectation unmet, and no expectation entry
    /// excuses it.
    ConformanceFailure,
    /// Not one check was exercised: the run proves nothing and counts as a failure.
    NothingExecuted,
    /// An expectation entry is refuted or stale, or coverage of the baseline is lost.
    ExpectationsOutdated,
    /// A gate of a load scenario was missed.
    GateMissed,
    /// Nothing failed, but a check or a gate could not decide, a scenario broke off, or the journal
    /// holds only a part of the run.
    Indeterminate,
    /// Nothing to object to.
    Passed,
}

impl Results {
    /// What the run comes to, by the precedence of [`Outcome`].
    #[must_use]
    pub fn exit(&self) -> Outcome {
        // What a part of a journal does not show may be in the rest: only what it shows counts.
        let whole = !self.run.partial;
        if self.interrupted {
            Outcome::Interrupted
        } else if whole && self.exchanges > 0 && self.failed_exchanges == self.exchanges {
            Outcome::TargetUnreachable
        } else if self.is_saturated() {
            Outcome::GeneratorSaturated
        } else if self.has_failures() {
            Outcome::ConformanceFailure
        } else if whole && self.is_nothing_executed() {
            Outcome::NothingExecuted
        } else if whole && self.is_outdated() {
            Outcome::ExpectationsOutdated
        } else if self.gates().any(|gate| gate.verdict == GateVerdict::Missed) {
            Outcome::GateMissed
        } else if !whole || self.is_indeterminate() {
            Outcome::Indeterminate
        } else {
            Outcome::Passed
        }
    }

    /// A load that was measured without checks, as was asked for, has shown what it was to show.
    fn is_nothing_executed(&self) -> bool {
        let is_load_alone = self.checks.is_empty() && self.load.is_some();
        !is_load_alone && !self.checks.iter().any(|check| check.verdict.is_exercised())
    }

    fn is_saturated(&self) -> bool {
        self.load.as_ref().is_some_and(|load| !load.health.saturated.is_empty())
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
        let doubtful =
            self.gates().any(|gate| matches!(gate.verdict, GateVerdict::Indeterminate { .. }));
        undecided || broken || doubtful
    }
}
