//! The words of `muster.results/1`: verdicts, outcomes and states, each tied to the type it stands
//! for.

use muster_conformance::results::{EntryState, ExpectationOutcome, ScenarioOutcome};
use muster_conformance::{Outcome, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A verdict without its reason, which stands in `why`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum VerdictWord {
    /// The trigger occurred and the server did what the documents say.
    Conforms,
    /// The server did something else at least once.
    Violates,
    /// The trigger did not occur.
    NotExercised,
    /// This target cannot be brought to the trigger.
    Untestable,
    /// The answer allows no verdict.
    Inconclusive,
}

/// What the run comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum OutcomeWord {
    /// The user cut the run short.
    Interrupted,
    /// No exchange was answered.
    TargetUnreachable,
    /// The load generator was the bottleneck: the result is invalid.
    GeneratorSaturated,
    /// A MUST is violated or an expectation unmet, and nothing excuses it.
    ConformanceFailure,
    /// Not one check was exercised.
    NothingExecuted,
    /// The expectation file or the coverage baseline no longer fits.
    ExpectationsOutdated,
    /// A gate of a load scenario was missed.
    GateMissed,
    /// Nothing failed, but something could not be decided.
    Indeterminate,
    /// Nothing to object to.
    Passed,
    /// A word of a later Muster.
    #[default]
    #[serde(other)]
    Unknown,
}

/// How a scenario ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
#[schemars(inline)]
pub enum ScenarioForm {
    /// Every step ran.
    Completed,
    /// The target lacks something it needs.
    NotRun {
        /// What, for example `clock`.
        lacks: Vec<String>,
    },
    /// The target could not be reached, or a hook failed.
    Broken {
        /// What went wrong.
        reason: String,
    },
    /// It was cut short, or never began.
    Interrupted,
}

/// How a check compares with the expectation file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[schemars(inline)]
pub enum ExpectationForm {
    /// It fails as the file says.
    AsExpected {
        /// Why that is accepted for now.
        reason: String,
        /// Who looks after it.
        owner: String,
        /// Where it is tracked; empty when nowhere.
        link: String,
    },
    /// The file says it fails, but it conforms.
    UnexpectedPass,
    /// The entry is past its date.
    Expired {
        /// The date, `YYYY-MM-DD`.
        expires: String,
    },
    /// It was not exercised.
    NotExercised,
}

/// How an entry of the expectation file compares with the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
#[schemars(inline)]
pub enum EntryStateForm {
    /// What it names fails as it says.
    Held,
    /// Checks it names conform.
    UnexpectedPass {
        /// Which.
        checks: Vec<String>,
    },
    /// Nothing it names was exercised.
    NotExercised,
    /// It can excuse nothing any more.
    Stale {
        /// Why.
        why: String,
    },
}

/// A verdict in its two members.
pub(super) fn apart(verdict: &Verdict) -> (VerdictWord, Option<String>) {
    let word = match verdict {
        Verdict::Conforms => VerdictWord::Conforms,
        Verdict::Violates => VerdictWord::Violates,
        Verdict::NotExercised => VerdictWord::NotExercised,
        Verdict::Untestable { .. } => VerdictWord::Untestable,
        Verdict::Inconclusive { .. } => VerdictWord::Inconclusive,
    };
    (word, verdict.why().map(str::to_owned))
}

/// A verdict from its two members.
pub(super) fn together(word: VerdictWord, why: Option<String>) -> Verdict {
    let why = why.unwrap_or_default();
    match word {
        VerdictWord::Conforms => Verdict::Conforms,
        VerdictWord::Violates => Verdict::Violates,
        VerdictWord::NotExercised => Verdict::NotExercised,
        VerdictWord::Untestable => Verdict::Untestable { why },
        VerdictWord::Inconclusive => Verdict::Inconclusive { why },
    }
}

impl From<Outcome> for OutcomeWord {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Interrupted => Self::Interrupted,
            Outcome::TargetUnreachable => Self::TargetUnreachable,
            Outcome::ConformanceFailure => Self::ConformanceFailure,
            Outcome::NothingExecuted => Self::NothingExecuted,
            Outcome::GeneratorSaturated => Self::GeneratorSaturated,
            Outcome::GateMissed => Self::GateMissed,
            Outcome::ExpectationsOutdated => Self::ExpectationsOutdated,
            Outcome::Indeterminate => Self::Indeterminate,
            Outcome::Passed => Self::Passed,
        }
    }
}

/// Two enums with the same variants, each turned into the other.
macro_rules! same_variants {
    ($ours:ident, $theirs:ident { $($variant:ident $({ $($field:ident),* })?,)* }) => {
        impl From<$theirs> for $ours {
            fn from(theirs: $theirs) -> Self {
                match theirs {
                    $($theirs::$variant $({ $($field),* })? => Self::$variant $({ $($field),* })?,)*
                }
            }
        }

        impl From<$ours> for $theirs {
            fn from(ours: $ours) -> Self {
                match ours {
                    $($ours::$variant $({ $($field),* })? => Self::$variant $({ $($field),* })?,)*
                }
            }
        }
    };
}

same_variants!(ScenarioForm, ScenarioOutcome {
    Completed,
    NotRun { lacks },
    Broken { reason },
    Interrupted,
});

same_variants!(ExpectationForm, ExpectationOutcome {
    AsExpected { reason, owner, link },
    UnexpectedPass,
    Expired { expires },
    NotExercised,
});

same_variants!(EntryStateForm, EntryState {
    Held,
    UnexpectedPass { checks },
    NotExercised,
    Stale { why },
});
