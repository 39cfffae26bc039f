//! The arithmetic every report shares: counts by area and verdict, reasons, the one-line verdict.

use std::collections::BTreeMap;

use muster_conformance::catalogue::Catalogue;
use muster_conformance::requirement::{Level, RequirementId};
use muster_conformance::results::{CheckResult, EntryState, ScenarioOutcome, Summary};
use muster_conformance::{Outcome, Results, Verdict};
use muster_journal::load::{GateResult, GateVerdict};

use crate::load_text;
use crate::text::counted;

/// The requirements of one area by verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaCounts {
    /// Area code such as `TRUST`.
    pub area: String,
    /// What the area is about; empty when the catalogue does not know it.
    pub title: String,
    /// Its requirements by verdict.
    pub counts: Summary,
}

/// A reason for a verdict, and the requirements it holds for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The reason, for example `lacks clock`.
    pub why: String,
    /// The requirements, in catalogue order.
    pub requirements: Vec<RequirementId>,
}

/// The five verdicts in the order of a report, each as its JSON name, in words, and its count.
#[must_use]
pub const fn by_verdict(counts: &Summary) -> [(&'static str, &'static str, u32); 5] {
    [
        ("conforms", "conforms", counts.conforms),
        ("violates", "violates", counts.violates),
        ("inconclusive", "inconclusive", counts.inconclusive),
        ("untestable", "untestable", counts.untestable),
        ("not_exercised", "not exercised", counts.not_exercised),
    ]
}

/// The JSON name of a verdict, also used as a class of the HTML report.
#[must_use]
pub const fn verdict_name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::NotExercised => "not_exercised",
        other => other.as_str(),
    }
}

/// The requirements area by area, in the order of the results.
#[must_use]
pub fn by_area(results: &Results, catalogue: &Catalogue) -> Vec<AreaCounts> {
    let mut areas: Vec<AreaCounts> = Vec::new();
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    for requirement in &results.requirements {
        let area = requirement.id.area();
        let position = *positions.entry(area.to_owned()).or_insert_with(|| {
            areas.push(AreaCounts {
                area: area.to_owned(),
                title: catalogue.area_title(area).unwrap_or_default().to_owned(),
                counts: Summary::default(),
            });
            areas.len() - 1
        });
        areas[position].counts.count(&requirement.verdict);
    }
    areas
}

/// Why requirements are untestable, the most frequent reason first.
#[must_use]
pub fn untestable(results: &Results) -> Vec<Reason> {
    grouped(results, |verdict| match verdict {
        Verdict::Untestable { why } => Some(why),
        _ => None,
    })
}

/// Why requirements are inconclusive, the most frequent reason first.
#[must_use]
pub fn inconclusive(results: &Results) -> Vec<Reason> {
    grouped(results, |verdict| match verdict {
        Verdict::Inconclusive { why } => Some(why),
        _ => None,
    })
}

/// The requirements not exercised, area by area in the order of the results.
#[must_use]
pub fn not_exercised(results: &Results) -> Vec<(String, Vec<RequirementId>)> {
    let mut areas: Vec<(String, Vec<RequirementId>)> = Vec::new();
    for requirement in &results.requirements {
        if requirement.verdict == Verdict::NotExercised {
            let area = requirement.id.area();
            match areas.iter_mut().find(|(known, _)| known == area) {
                Some((_, ids)) => ids.push(requirement.id),
                None => areas.push((area.to_owned(), vec![requirement.id])),
            }
        }
    }
    areas
}

/// The checks that found a violation, conformance failures first.
#[must_use]
pub fn violations(results: &Results) -> Vec<&CheckResult> {
    let mut violating: Vec<&CheckResult> =
        results.checks.iter().filter(|check| check.verdict == Verdict::Violates).collect();
    violating.sort_by_key(|check| !check.is_failure());
    violating
}

/// How a scenario without an end went, in words: a journal that leaves entries out may hold no word
/// of one that ran to its end.
#[must_use]
pub const fn unfinished(results: &Results) -> &'static str {
    if results.run.partial && !results.interrupted {
        "its end is not in the journal"
    } else {
        "interrupted"
    }
}

/// Why a violation does not count as a conformance failure; none when it does.
#[must_use]
pub fn leniency(check: &CheckResult) -> Option<&'static str> {
    if check.is_expected() {
        Some("known deviation")
    } else if check.compatibility {
        Some("compatibility")
    } else {
        match check.level {
            Level::Must => None,
            Level::Should => Some("recommendation"),
            Level::May => Some("option"),
        }
    }
}

/// What the run comes to, in one line that starts with one word to search for.
#[must_use]
pub fn verdict_line(results: &Results) -> String {
    let outcome = results.exit();
    let detail = match outcome {
        Outcome::Interrupted => "the results cover a part of the run only".to_owned(),
        Outcome::TargetUnreachable => {
            let exchanges = counted(results.exchanges, "exchange");
            if results.exchanges == 1 {
                format!("{exchanges}, and it was not answered")
            } else {
                format!("none of {exchanges} was answered")
            }
        }
        Outcome::ConformanceFailure => failures(results),
        Outcome::NothingExecuted => "no check was exercised, so nothing is shown".to_owned(),
        Outcome::GeneratorSaturated => saturated(results),
        Outcome::GateMissed => load_text::gates_missed(results).unwrap_or_default(),
        Outcome::ExpectationsOutdated => outdated(results),
        Outcome::Indeterminate => indeterminate(results),
        Outcome::Passed => passed(results),
    };
    format!("{}: {detail}", outcome_word(outcome))
}

/// The first word of [`verdict_line`].
#[must_use]
pub const fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Interrupted => "INTERRUPTED",
        Outcome::TargetUnreachable => "UNREACHABLE",
        Outcome::ConformanceFailure | Outcome::NothingExecuted | Outcome::GateMissed => "FAILED",
        Outcome::GeneratorSaturated => "INVALID",
        Outcome::ExpectationsOutdated => "OUTDATED",
        Outcome::Indeterminate => "INDETERMINATE",
        Outcome::Passed => "PASSED",
    }
}

fn grouped(results: &Results, reason: impl Fn(&Verdict) -> Option<&String>) -> Vec<Reason> {
    let mut groups: BTreeMap<&str, Vec<RequirementId>> = BTreeMap::new();
    for requirement in &results.requirements {
        if let Some(why) = reason(&requirement.verdict) {
            groups.entry(why).or_default().push(requirement.id);
        }
    }
    let mut reasons: Vec<Reason> = groups
        .into_iter()
        .map(|(why, requirements)| Reason { why: why.to_owned(), requirements })
        .collect();
    // Stable, so that equally frequent reasons stay in alphabetical order.
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.requirements.len()));
    reasons
}

fn failures(results: &Results) -> String {
    let failing = results.checks.iter().filter(|check| check.is_failure()).count() as u64;
    let unmet: u64 = results
        .scenarios
        .iter()
        .filter(|scenario| !scenario.known)
        .map(|scenario| u64::from(scenario.expectations_unmet_count))
        .sum();
    let mut parts = Vec::new();
    if failing > 0 {
        let verb = if failing == 1 { "finds" } else { "find" };
        parts.push(format!("{} {verb} a MUST violated", counted(failing, "check")));
    }
    if unmet > 0 {
        parts.push(format!("{} unmet", counted(unmet, "scenario expectation")));
    }
    parts.extend(load_text::gates_missed(results));
    parts.join(", ")
}

fn saturated(results: &Results) -> String {
    let why = load_text::saturation(results).unwrap_or_default();
    format!("the load generator was the bottleneck: {why}")
}

fn outdated(results: &Results) -> String {
    let refuted = results
        .expectations
        .entries
        .iter()
        .filter(|entry| {
            matches!(entry.state, EntryState::UnexpectedPass { .. } | EntryState::Stale { .. })
        })
        .count() as u64;
    let lost = results.expectations.lost_coverage.len() as u64;
    let mut parts = Vec::new();
    if refuted > 0 {
        let entries = if refuted == 1 { "entry" } else { "entries" };
        let hold = if refuted == 1 { "holds" } else { "hold" };
        parts.push(format!("{refuted} {entries} of the expectation file no longer {hold}"));
    }
    if lost > 0 {
        parts.push(format!("{} of the baseline not exercised", counted(lost, "check")));
    }
    parts.join(", ")
}

fn indeterminate(results: &Results) -> String {
    let undecided = results
        .checks
        .iter()
        .filter(|check| matches!(check.verdict, Verdict::Inconclusive { .. }))
        .count() as u64;
    let broken = results
        .scenarios
        .iter()
        .filter(|scenario| matches!(scenario.outcome, ScenarioOutcome::Broken { .. }))
        .count() as u64;
    let mut parts = vec!["nothing failed".to_owned()];
    if undecided > 0 {
        parts.push(format!("{} without a verdict", counted(undecided, "check")));
    }
    if broken > 0 {
        parts.push(format!("{} broken off", counted(broken, "scenario")));
    }
    let is_doubtful =
        |gate: &&GateResult| matches!(gate.verdict, GateVerdict::Indeterminate { .. });
    let doubtful = results.gates().filter(is_doubtful).count() as u64;
    if doubtful > 0 {
        parts.push(format!("{} that cannot be told", counted(doubtful, "gate")));
    }
    if results.run.partial {
        parts.push("the journal holds a part of the run only".to_owned());
    }
    parts.join(", ")
}

fn passed(results: &Results) -> String {
    let total = u64::from(results.summary.total());
    let verb = if results.summary.conforms == 1 { "conforms" } else { "conform" };
    let mut line =
        format!("{} of {} {verb}", results.summary.conforms, counted(total, "requirement"));
    let tolerated = violations(results).len() as u64;
    if tolerated > 0 {
        line.push_str(&format!(", {} tolerated", counted(tolerated, "violation")));
    }
    let gates = results.gates().count() as u64;
    if gates > 0 {
        line.push_str(&format!(", {} met", counted(gates, "gate")));
    }
    line
}
