//! The five verdicts, and how verdicts on parts add up to one on the whole.

use serde::{Deserialize, Serialize};

/// What a run shows about a requirement or by way of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The trigger occurred and the server did every time what the documents say.
    Conforms,
    /// The server did something else at least once.
    Violates,
    /// The trigger did not occur.
    NotExercised,
    /// This target cannot be brought to the trigger.
    Untestable {
        /// What it lacks, for example `lacks clock`.
        why: String,
    },
    /// The trigger occurred, but the answer allows no verdict.
    Inconclusive {
        /// Why not, for example an artefact of a form no public source shows.
        why: String,
    },
}

impl Verdict {
    /// The verdict in words of a report: `conforms`, `not exercised`, and so on.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Violates => "violates",
            Self::NotExercised => "not exercised",
            Self::Untestable { .. } => "untestable",
            Self::Inconclusive { .. } => "inconclusive",
        }
    }

    /// The reason that goes with `untestable` and `inconclusive`.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Untestable { why } | Self::Inconclusive { why } => Some(why),
            Self::Conforms | Self::Violates | Self::NotExercised => None,
        }
    }

    /// Whether the trigger occurred.
    #[must_use]
    pub const fn is_exercised(&self) -> bool {
        matches!(self, Self::Conforms | Self::Violates | Self::Inconclusive { .. })
    }

    /// Adds up the verdicts of several checks on one requirement: a violation weighs most, then
    /// doubt, then conformity; of what was not exercised, the stated reason is kept.
    #[must_use]
    pub fn combine(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::NotExercised, |whole, part| {
            if part.weight() > whole.weight() { part } else { whole }
        })
    }

    const fn weight(&self) -> u8 {
        match self {
            Self::Violates => 4,
            Self::Inconclusive { .. } => 3,
            Self::Conforms => 2,
            Self::Untestable { .. } => 1,
            Self::NotExercised => 0,
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_violation_outweighs_everything() {
        let doubt = Verdict::Inconclusive { why: "unknown form".to_owned() };
        let lacking = Verdict::Untestable { why: "lacks clock".to_owned() };
        let all = [
            Verdict::Conforms,
            lacking.clone(),
            Verdict::Violates,
            doubt.clone(),
            Verdict::Conforms,
        ];
        assert_eq!(Verdict::combine(all), Verdict::Violates);
        assert_eq!(Verdict::combine([Verdict::Conforms, doubt.clone()]), doubt);
        assert_eq!(Verdict::combine([lacking.clone(), Verdict::Conforms]), Verdict::Conforms);
        assert_eq!(Verdict::combine([Verdict::NotExercised, lacking.clone()]), lacking);
        assert_eq!(Verdict::combine([]), Verdict::NotExercised);
    }
}
