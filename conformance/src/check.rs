//! What a check is: a pure function over one exchange, or over the facts of the whole fleet.

use std::fmt::Display;

use crate::catalogue::Catalogue;
use crate::context::Context;
use crate::fleet_facts::FleetFacts;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::{Level, Provenance, Requirement, RequirementId};

/// One check. Its id is the path of its file and stands in [`Listed`].
#[derive(Debug)]
pub struct Check {
    /// The behaviour in one sentence, present tense.
    pub title: &'static str,
    /// Ids of the requirements it judges.
    pub requirements: &'static [&'static str],
    /// The strongest level among them.
    pub level: Level,
    /// Features without which its trigger cannot occur; the engine does not ask it about other
    /// exchanges. Of no meaning for a check over the fleet.
    pub needs: Occasion,
    /// The judgement.
    pub judge: JudgeFn,
    /// Makes of a recorded conforming answer one that must be found to violate, by the smallest
    /// change. A check over the fleet has it applied to every answer.
    pub tamper: fn(&mut RecordedAnswer<'_>),
}

/// A check with its id.
#[derive(Debug)]
pub struct Listed {
    /// `area/name`.
    pub id: &'static str,
    /// The area.
    pub area: &'static str,
    /// The check.
    pub check: &'static Check,
}

/// Over what a check judges. `None` means that its trigger did not occur.
#[derive(Clone, Copy, Debug)]
pub enum JudgeFn {
    /// Over one exchange and what went before.
    Exchange(fn(&Context<'_>) -> Option<Judgement>),
    /// Over the whole run, at its end.
    Fleet(fn(&FleetFacts) -> Option<Judgement>),
}

/// What a check says once its trigger has occurred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The server did what the documents say.
    Conforms,
    /// It did something else.
    Violates {
        /// What the documents say.
        expected: String,
        /// What the server did.
        actual: String,
    },
    /// No verdict is possible.
    Inconclusive(String),
    /// The server put its answer off; the poll will show. Without a poll it stays inconclusive.
    Open,
}

impl Judgement {
    /// A violation.
    pub fn violates(expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self::Violates { expected: expected.into(), actual: actual.into() }
    }

    /// [`Self::Conforms`] when `holds`, otherwise a violation. Nearly all hold, so what was
    /// expected is written only when it is needed.
    pub fn of(holds: bool, expected: impl Display, actual: impl FnOnce() -> String) -> Self {
        if holds { Self::Conforms } else { Self::violates(expected.to_string(), actual()) }
    }
}

impl Check {
    /// Its requirement ids, parsed.
    pub fn requirement_ids(&self) -> impl Iterator<Item = RequirementId> {
        self.requirements.iter().map(|id| id.parse().expect("a test looks each one up"))
    }

    /// Whether it rests on assumed or derived requirements only.
    #[must_use]
    pub fn is_compatibility(&self) -> bool {
        self.requirement_ids().filter_map(|id| Catalogue::embedded().requirement(&id)).all(is_soft)
    }
}

fn is_soft(requirement: &Requirement) -> bool {
    requirement.derived || requirement.provenance == Provenance::Assumed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks;

    #[test]
    fn every_check_judges_known_server_requirements_at_their_level() {
        for listed in checks::ALL {
            assert!(!listed.check.requirements.is_empty(), "{}", listed.id);
            let requirements: Vec<_> = listed
                .check
                .requirement_ids()
                .map(|id| Catalogue::embedded().requirement(&id).expect(listed.id))
                .collect();
            assert!(requirements.iter().all(|row| row.actor.is_server()), "{}", listed.id);
            assert!(requirements.iter().all(|row| row.status.is_checkable()), "{}", listed.id);
            let strongest = requirements.iter().map(|row| row.level).min();
            assert_eq!(strongest, Some(listed.check.level), "{}", listed.id);
        }
    }

    #[test]
    fn checks_are_found_by_their_path() {
        assert!(checks::ALL.is_sorted_by_key(|listed| listed.id));
        for listed in checks::ALL {
            assert_eq!(checks::by_id(listed.id).map(|found| found.id), Some(listed.id));
            assert!(listed.check.title.ends_with('.'), "{}: {}", listed.id, listed.check.title);
        }
        assert!(checks::by_id("trust/nothing_of_the_kind").is_none());
    }
}
