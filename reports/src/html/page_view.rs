//! The page as the template shows it: every text ready, nothing left to compute.

use std::collections::{BTreeMap, BTreeSet};

use muster_conformance::catalogue::Catalogue;
use muster_conformance::results::{
    EntryReport, EntryState, ScenarioOutcome, ScenarioResult, Summary,
};
use muster_conformance::{Outcome, Results, Verdict};
use muster_journal::TimeMode;
use serde::Serialize;

use super::budget::Budget;
use super::check_view::CheckView;
use crate::load_text;
use crate::reproduction;
use crate::summary::{self, Reason, by_verdict};
use crate::text::{instant, one_line, visible};
use crate::units::grouped;

/// Failing checks that stand open at first; more would bury the list.
const OPEN_MAX: usize = 3;

/// Width of the verdict bar in its own units.
const BAR_UNITS: u32 = 1000;

#[derive(Debug, Serialize)]
pub(super) struct PageView {
    target: String,
    muster: String,
    /// What is reported.
    kind: &'static str,
    /// That the journal is partial; empty when it is whole.
    partial: &'static str,
    outcome: &'static str,
    word: &'static str,
    line: String,
    facts: Vec<(&'static str, String)>,
    endpoints: Vec<(String, String)>,
    tiles: Vec<TileView>,
    total: u32,
    areas: Vec<AreaView>,
    checks: Vec<CheckView>,
    check_areas: Vec<String>,
    first_violation: String,
    scenarios: Vec<ScenarioView>,
    untestable: Vec<ReasonView>,
    inconclusive: Vec<ReasonView>,
    not_exercised: Vec<ReasonView>,
    entries: Vec<EntryView>,
    lost_coverage: Vec<String>,
}

#[derive(Debug, Serialize)]
struct TileView {
    verdict: &'static str,
    words: &'static str,
    count: u32,
    percent: u32,
    bar_from: u32,
    bar_width: u32,
}

#[derive(Debug, Serialize)]
struct AreaView {
    code: String,
    title: String,
    cells: Vec<(&'static str, u32)>,
    total: u32,
}

#[derive(Debug, Serialize)]
struct ScenarioView {
    id: String,
    title: String,
    state: &'static str,
    words: &'static str,
    detail: String,
    met: u32,
    unmet_count: u32,
    exchanges: u64,
    replicas: u32,
    unmet: Vec<UnmetView>,
    more: u64,
}

#[derive(Debug, Serialize)]
struct UnmetView {
    place: String,
    step: u32,
    replica: u32,
    subject: String,
    expected: String,
    actual: String,
}

#[derive(Debug, Serialize)]
struct ReasonView {
    why: String,
    count: usize,
    ids: String,
}

#[derive(Debug, Serialize)]
struct EntryView {
    pattern: String,
    line: u32,
    reason: String,
    state: &'static str,
    words: &'static str,
    detail: String,
}

impl PageView {
    pub(super) fn new(results: &Results, catalogue: &Catalogue) -> Self {
        let outcome = results.exit();
        let checks = check_views(results, catalogue);
        let first = checks.iter().find(|check| check.failure).or_else(|| {
            let violates = results.checks.iter().any(|check| check.verdict == Verdict::Violates);
            checks.first().filter(|_| violates)
        });
        let areas: BTreeSet<String> =
            results.checks.iter().map(|check| one_line(&check.area)).collect();
        let word = summary::outcome_word(outcome);
        let line = summary::verdict_line(results);
        Self {
            target: one_line(&results.run.target),
            muster: one_line(&results.run.muster),
            kind: if results.load.is_some() { "load report" } else { "conformance report" },
            partial: if results.run.partial { load_text::PARTIAL } else { "" },
            outcome: outcome_class(outcome),
            word,
            line: line.trim_start_matches(word).trim_start_matches(": ").to_owned(),
            facts: facts(results),
            endpoints: endpoints(results),
            tiles: tiles(results),
            total: results.summary.total(),
            areas: area_views(results, catalogue),
            first_violation: first.map(|check| check.anchor.clone()).unwrap_or_default(),
            checks,
            check_areas: areas.into_iter().collect(),
            scenarios: results.scenarios.iter().map(|it| scenario(it, results)).collect(),
            untestable: summary::untestable(results).iter().map(reason).collect(),
            inconclusive: summary::inconclusive(results).iter().map(reason).collect(),
            not_exercised: not_exercised(results),
            entries: results.expectations.entries.iter().map(entry).collect(),
            lost_coverage: results
                .expectations
                .lost_coverage
                .iter()
                .map(|id| one_line(id))
                .collect(),
        }
    }
}

/// Failures first, then the other violations, doubts, and what is good or was not seen.
fn check_views(results: &Results, catalogue: &Catalogue) -> Vec<CheckView> {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Violates => 0,
        Verdict::Inconclusive { .. } => 1,
        Verdict::Conforms => 2,
        Verdict::Untestable { .. } => 3,
        Verdict::NotExercised => 4,
    };
    let mut ordered: Vec<_> = results.checks.iter().collect();
    ordered.sort_by_key(|check| (!check.is_failure(), rank(&check.verdict)));
    let mut budget = Budget::new();
    let mut views: Vec<CheckView> = ordered
        .into_iter()
        .enumerate()
        .map(|(index, check)| CheckView::new(index, check, results, catalogue, &mut budget))
        .collect();
    for view in views.iter_mut().filter(|view| view.failure).take(OPEN_MAX) {
        view.open = true;
    }
    views
}

fn facts(results: &Results) -> Vec<(&'static str, String)> {
    let run = &results.run;
    let time = match run.time {
        TimeMode::Real => "real",
        TimeMode::Virtual => "virtual",
    };
    vec![
        ("Target", one_line(&run.target)),
        ("Seed", run.seed.to_string()),
        ("Time", time.to_owned()),
        ("Logical start", instant(run.started_at_ms)),
        ("Muster", one_line(&run.muster)),
        ("Scenarios", results.scenarios.len().to_string()),
        ("Checks", results.checks.len().to_string()),
        ("Exchanges", grouped(results.exchanges)),
        ("Without an answer", grouped(results.failed_exchanges)),
        ("Journal", if run.partial { "a part of the run" } else { "whole" }.to_owned()),
        ("Cut short", if results.interrupted { "yes" } else { "no" }.to_owned()),
    ]
}

/// The endpoints of the target; where the journal does not name them, those the evidence shows.
fn endpoints(results: &Results) -> Vec<(String, String)> {
    if !results.run.endpoints.is_empty() {
        let named = results.run.endpoints.iter();
        return named.map(|(name, url)| (one_line(name), one_line(url))).collect();
    }
    let findings = results.checks.iter().flat_map(|check| &check.findings);
    let evidence = findings.filter_map(|finding| finding.evidence.as_ref());
    let seen: BTreeMap<String, String> =
        evidence.map(|evidence| (one_line(&evidence.endpoint), one_line(&evidence.url))).collect();
    seen.into_iter().collect()
}

fn tiles(results: &Results) -> Vec<TileView> {
    let total = results.summary.total().max(1);
    let mut before = 0;
    by_verdict(&results.summary)
        .into_iter()
        .map(|(verdict, words, count)| {
            let bar_from = before * BAR_UNITS / total;
            before += count;
            TileView {
                verdict,
                words,
                count,
                percent: (count * 100 + total / 2) / total,
                bar_from,
                bar_width: before * BAR_UNITS / total - bar_from,
            }
        })
        .collect()
}

fn area_views(results: &Results, catalogue: &Catalogue) -> Vec<AreaView> {
    let cells = |counts: &Summary| {
        by_verdict(counts).into_iter().map(|(verdict, _, count)| (verdict, count)).collect()
    };
    summary::by_area(results, catalogue)
        .into_iter()
        .map(|area| AreaView {
            cells: cells(&area.counts),
            total: area.counts.total(),
            code: area.area,
            title: area.title,
        })
        .collect()
}

fn scenario(result: &ScenarioResult, results: &Results) -> ScenarioView {
    let unmet_count = result.expectations_unmet_count;
    let (state, words, detail) = match &result.outcome {
        ScenarioOutcome::Completed if unmet_count == 0 => ("conforms", "completed", String::new()),
        ScenarioOutcome::Completed if result.known => {
            ("untestable", "known deviation", String::new())
        }
        ScenarioOutcome::Completed => ("violates", "unmet", String::new()),
        ScenarioOutcome::NotRun { lacks } => {
            ("untestable", "not run", format!("target lacks {}", lacks.join(", ")))
        }
        ScenarioOutcome::Broken { reason } => ("inconclusive", "broken off", reason.clone()),
        ScenarioOutcome::Interrupted => {
            ("inconclusive", summary::unfinished(results), String::new())
        }
    };
    let kept = result.expectations_unmet.len() as u64;
    ScenarioView {
        id: one_line(&result.id),
        title: one_line(&result.title),
        state,
        words,
        detail: visible(&detail).into_owned(),
        met: result.expectations_met,
        unmet_count,
        exchanges: result.exchanges,
        replicas: result.replicas,
        unmet: result
            .expectations_unmet
            .iter()
            .map(|unmet| UnmetView {
                place: one_line(&reproduction::location(result, unmet.line)),
                step: unmet.step,
                replica: unmet.replica,
                subject: one_line(&unmet.subject),
                expected: visible(&unmet.expected).into_owned(),
                actual: visible(&unmet.actual).into_owned(),
            })
            .collect(),
        more: u64::from(unmet_count).saturating_sub(kept),
    }
}

fn reason(reason: &Reason) -> ReasonView {
    let ids: Vec<&str> = reason.requirements.iter().map(|id| id.as_str()).collect();
    ReasonView { why: visible(&reason.why).into_owned(), count: ids.len(), ids: ids.join(", ") }
}

fn not_exercised(results: &Results) -> Vec<ReasonView> {
    summary::not_exercised(results)
        .into_iter()
        .map(|(area, requirements)| reason(&Reason { why: area, requirements }))
        .collect()
}

fn entry(entry: &EntryReport) -> EntryView {
    let (state, words, detail) = match &entry.state {
        EntryState::Held => ("conforms", "held", String::new()),
        EntryState::UnexpectedPass { checks } => ("violates", "unexpected pass", checks.join(", ")),
        EntryState::NotExercised => ("not_exercised", "not exercised", String::new()),
        EntryState::Stale { why } => ("violates", "stale", why.clone()),
    };
    EntryView {
        pattern: one_line(&entry.pattern),
        line: entry.line,
        reason: visible(&entry.reason).into_owned(),
        state,
        words,
        detail: visible(&detail).into_owned(),
    }
}

const fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "conforms",
        Outcome::Indeterminate | Outcome::Interrupted => "inconclusive",
        _ => "violates",
    }
}
