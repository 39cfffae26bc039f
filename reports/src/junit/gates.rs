//! The gates of a load run as test cases, the generator as one more, and the main figures as
//! properties.

use muster_conformance::Results;
use muster_journal::LoadSummary;
use muster_journal::load::{GateResult, GateVerdict};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{case, failure, message, skipped, suite};
use crate::load_text;
use crate::reproduction;
use crate::text::visible;

/// The suite of gates; none for a run without load and gates.
pub(super) fn gate_suite(results: &Results) -> Option<TestSuite> {
    if results.load.is_none() && results.gates().next().is_none() {
        return None;
    }
    let mut suite = suite("gates", results);
    if let Some(load) = &results.load {
        for (name, figure) in figures(load) {
            suite.add_property((name.as_str(), figure.as_str()));
        }
    }
    suite.add_test_cases(results.gates().map(|gate| gate_case(gate, results)));
    if let Some(load) = &results.load {
        suite.add_test_case(generator_case(load));
    }
    Some(suite)
}

fn gate_case(gate: &GateResult, results: &Results) -> TestCase {
    let status = match &gate.verdict {
        GateVerdict::Met => TestCaseStatus::success(),
        GateVerdict::Missed => {
            let place = load_text::gate_place(gate, results);
            let mut text = format!("expected: {}\nactual: {}", gate.gate, gate.actual);
            if !place.is_empty() {
                text.push_str(&format!("\ngate: {place}"));
            }
            if let Some(command) = reproduction::command(results, &gate.scenario) {
                text.push_str(&format!("\nreproduce: {command}"));
            }
            let reason = format!("expected {}; actual {}", gate.gate, gate.actual);
            failure("missed gate", &reason, &text)
        }
        GateVerdict::Indeterminate { why } if gate.actual.is_empty() => {
            skipped(&format!("cannot be told: {why}"))
        }
        GateVerdict::Indeterminate { why } => {
            skipped(&format!("cannot be told: {why}; actual {}", gate.actual))
        }
    };
    let class = if gate.scenario.is_empty() { "gates" } else { &gate.scenario };
    let mut case = case(class, &gate.gate, status);
    if !gate.actual.is_empty() {
        case.add_property(("actual", message(&gate.actual).as_str()));
    }
    case
}

/// An error and no failure: whatever the gates say, the run shows nothing about the server.
fn generator_case(load: &LoadSummary) -> TestCase {
    let reasons = load_text::saturated(&load.health);
    let status = match reasons.first() {
        None => TestCaseStatus::success(),
        Some(first) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("generator saturated").set_message(message(first));
            status.set_description(visible(&reasons.join("\n")));
            status
        }
    };
    case("generator", "the load generator keeps up", status)
}

/// Plain numbers, each with its unit in the name, for programs that draw trends.
fn figures(load: &LoadSummary) -> Vec<(String, String)> {
    let (totals, health) = (&load.totals, &load.health);
    let mut figures: Vec<(String, u64)> = [
        ("instances", load.instances),
        ("wall_ms", load.wall_ms),
        ("exchanges", totals.exchanges),
        ("errors", totals.errors),
        ("retries", totals.retries),
        ("dropped", totals.dropped),
        ("instances_trusted", totals.instances_trusted),
        ("instances_reported", totals.instances_reported),
        ("instances_acknowledged", totals.instances_acknowledged),
        ("scheduler_lag_p99_us", health.scheduler_lag_p99_us),
        ("rss_peak_bytes", health.rss_peak_bytes),
    ]
    .map(|(name, figure)| (name.to_owned(), figure))
    .into();
    if load.wall_ms > 0 {
        let per_s = u128::from(totals.exchanges) * 1_000 / u128::from(load.wall_ms);
        let per_s = u64::try_from(per_s).unwrap_or(u64::MAX);
        figures.push(("exchanges_per_s".to_owned(), per_s));
    }
    if let Some(all) = load.steps.first().filter(|step| step.count > 0) {
        figures.extend([
            ("p50_us".to_owned(), all.corrected.p50),
            ("p99_us".to_owned(), all.corrected.p99),
            ("raw_p99_us".to_owned(), all.raw.p99),
            ("blocked_p99_us".to_owned(), all.blocked.p99),
        ]);
    }
    figures.into_iter().map(|(name, figure)| (name, figure.to_string())).collect()
}
