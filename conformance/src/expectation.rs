//! The expectation file: known deviations of one server, each with a reason, an owner and a date.
//!
//! An entry that no longer holds is a fault of its own: a check that conforms although it is
//! listed, a date that has passed, an id that names nothing.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::checks;
use crate::error::Error;
use crate::results::{CheckResult, EntryReport, EntryState, ExpectationOutcome, Results};
use crate::verdict::Verdict;

/// The entries of one expectation file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expectations {
    entries: Vec<Entry>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is about.
    pub subject: Subject,
    /// Why the deviation is accepted for now.
    pub reason: String,
    /// Who looks after it.
    pub owner: String,
    /// Where it is tracked; empty when nowhere.
    pub link: String,
    /// The last day on which it excuses anything, `YYYY-MM-DD`.
    pub expires: String,
    /// Its line in the file.
    pub line: u32,
}

/// What an entry is about: globs in which `*` stands for any text and `?` for one character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Checks by id, and the verdict they are expected to give.
    Checks {
        /// Glob over check ids.
        glob: String,
        /// Which verdict.
        verdict: ExpectedVerdict,
    },
    /// Scenarios by id, whose own expectations stay unmet.
    Scenarios {
        /// Glob over scenario ids.
        glob: String,
    },
}

/// A verdict that can be expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedVerdict {
    /// The check violates.
    #[default]
    Violates,
    /// The check cannot decide.
    Inconclusive,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    expectation: Vec<Spanned<Row>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    check: Option<String>,
    scenario: Option<String>,
    verdict: Option<ExpectedVerdict>,
    reason: String,
    owner: String,
    #[serde(default)]
    link: String,
    expires: Datetime,
}

impl Expectations {
    /// Reads a file; `file` is its name for messages.
    pub fn parse(file: &str, text: &str) -> Result<Self, Error> {
        let refuse = |line, problem| Error::Expectation { file: file.to_owned(), line, problem };
        let parsed: File = toml::from_str(text)
            .map_err(|error| refuse(line_of(text, error.span()), error.message().to_owned()))?;
        let entries = parsed
            .expectation
            .into_iter()
            .map(|row| {
                let line = line_of(text, Some(row.span()));
                entry(row.into_inner(), line).map_err(|problem| refuse(line, problem))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { entries })
    }

    /// The entries, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Holds the results against the entries as of `today`, `YYYY-MM-DD`.
    pub fn apply(&self, results: &mut Results, today: &str) {
        for check in &mut results.checks {
            let entry = self.entries.iter().find(|entry| entry.names_check(&check.check));
            check.expectation = entry.map(|entry| outcome(entry, check, today));
        }
        for scenario in &mut results.scenarios {
            scenario.known = self
                .entries
                .iter()
                .any(|entry| entry.names_scenario(&scenario.id) && !entry.is_expired(today));
        }
        results.expectations.entries =
            self.entries.iter().map(|entry| entry.report(results, today)).collect();
    }
}

impl Entry {
    /// The glob, with `scenario:` before it when it is about scenarios.
    #[must_use]
    pub fn pattern(&self) -> String {
        match &self.subject {
            Subject::Checks { glob, .. } => glob.clone(),
            Subject::Scenarios { glob } => format!("scenario:{glob}"),
        }
    }

    fn names_check(&self, id: &str) -> bool {
        matches!(&self.subject, Subject::Checks { glob, .. } if matches_glob(glob, id))
    }

    fn names_scenario(&self, id: &str) -> bool {
        matches!(&self.subject, Subject::Scenarios { glob } if matches_glob(glob, id))
    }

    fn is_expired(&self, today: &str) -> bool {
        self.expires.as_str() < today
    }

    fn report(&self, results: &Results, today: &str) -> EntryReport {
        let state = if self.is_expired(today) {
            EntryState::Stale { why: format!("expired on {}", self.expires) }
        } else {
            match &self.subject {
                Subject::Checks { verdict, .. } => self.checks_state(*verdict, results),
                Subject::Scenarios { .. } => self.scenarios_state(results),
            }
        };
        let (pattern, reason) = (self.pattern(), self.reason.clone());
        EntryReport { pattern, line: self.line, reason, state }
    }

    fn checks_state(&self, verdict: ExpectedVerdict, results: &Results) -> EntryState {
        let named: Vec<_> =
            results.checks.iter().filter(|check| self.names_check(&check.check)).collect();
        if named.is_empty() {
            return EntryState::Stale { why: "no check has such an id".to_owned() };
        }
        let passes = |check: &&&CheckResult| check.verdict == Verdict::Conforms;
        let passing: Vec<_> =
            named.iter().filter(passes).map(|check| check.check.clone()).collect();
        if !passing.is_empty() {
            EntryState::UnexpectedPass { checks: passing }
        } else if named.iter().any(|check| verdict.is(&check.verdict)) {
            EntryState::Held
        } else {
            EntryState::NotExercised
        }
    }

    fn scenarios_state(&self, results: &Results) -> EntryState {
        let named: Vec<_> =
            results.scenarios.iter().filter(|known| self.names_scenario(&known.id)).collect();
        let unmet = named.iter().any(|scenario| scenario.expectations_unmet_count > 0);
        let met: Vec<_> = named
            .iter()
            .filter(|known| known.expectations_unmet_count == 0 && known.expectations_met > 0)
            .map(|known| known.id.clone())
            .collect();
        match (unmet, met.is_empty()) {
            (_, false) => EntryState::UnexpectedPass { checks: met },
            (true, true) => EntryState::Held,
            // A run may well leave scenarios out, so an unnamed one proves nothing.
            (false, true) => EntryState::NotExercised,
        }
    }
}

impl ExpectedVerdict {
    /// Whether a verdict is the expected one.
    #[must_use]
    pub const fn is(self, verdict: &Verdict) -> bool {
        matches!(
            (self, verdict),
            (Self::Violates, Verdict::Violates)
                | (Self::Inconclusive, Verdict::Inconclusive { .. })
        )
    }
}

fn outcome(entry: &Entry, check: &CheckResult, today: &str) -> ExpectationOutcome {
    let Subject::Checks { verdict, .. } = &entry.subject else {
        return ExpectationOutcome::NotExercised;
    };
    if entry.is_expired(today) {
        return ExpectationOutcome::Expired { expires: entry.expires.clone() };
    }
    if verdict.is(&check.verdict) {
        let (reason, owner) = (entry.reason.clone(), entry.owner.clone());
        return ExpectationOutcome::AsExpected { reason, owner, link: entry.link.clone() };
    }
    if check.verdict == Verdict::Conforms {
        ExpectationOutcome::UnexpectedPass
    } else {
        ExpectationOutcome::NotExercised
    }
}

fn entry(row: Row, line: u32) -> Result<Entry, String> {
    for (name, text) in [("reason", &row.reason), ("owner", &row.owner)] {
        if text.trim().is_empty() {
            return Err(format!("`{name}` is empty"));
        }
    }
    let Some(date) = row.expires.date.filter(|_| row.expires.time.is_none()) else {
        return Err("`expires` is a date such as 2027-01-31".to_owned());
    };
    let subject = match (row.check, row.scenario) {
        (Some(glob), None) => {
            if !checks::ALL.iter().any(|listed| matches_glob(&glob, listed.id)) {
                return Err(format!("no check has an id like `{glob}`"));
            }
            Subject::Checks { glob, verdict: row.verdict.unwrap_or_default() }
        }
        (None, Some(glob)) if row.verdict.is_none() => Subject::Scenarios { glob },
        (None, Some(_)) => return Err("`verdict` goes with `check`, not `scenario`".to_owned()),
        _ => return Err("an entry names either a `check` or a `scenario`".to_owned()),
    };
    let (reason, owner, link) = (row.reason, row.owner, row.link);
    Ok(Entry { subject, reason, owner, link, expires: date.to_string(), line })
}

fn line_of(text: &str, span: Option<Range<usize>>) -> u32 {
    let end = span.map_or(0, |span| span.start).min(text.len());
    let breaks = text.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(breaks).map_or(u32::MAX, |breaks| breaks.saturating_add(1))
}

/// Whether `text` is of the form `glob`. Both are walked once per `*`, without recursion.
#[must_use]
pub fn matches_glob(glob: &str, text: &str) -> bool {
    let (glob, text) = (glob.as_bytes(), text.as_bytes());
    let (mut at_glob, mut at_text) = (0, 0);
    let mut star = None;
    while at_text < text.len() {
        match glob.get(at_glob) {
            Some(b'*') => {
                star = Some((at_glob, at_text));
                at_glob += 1;
            }
            Some(&byte) if byte == b'?' || byte == text[at_text] => {
                at_glob += 1;
                at_text += 1;
            }
            _ => {
                let Some((star_glob, star_text)) = star else { return false };
                star = Some((star_glob, star_text + 1));
                at_glob = star_glob + 1;
                at_text = star_text + 1;
            }
        }
    }
    glob[at_glob..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests;
