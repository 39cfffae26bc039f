//! JUnit XML for the test views of CI systems: a suite for the gates of a load run, one per area,
//! one for scenarios, one for the expectation file.
//!
//! Only what makes the run fail is a failure; tolerated violations are skipped with the reason.

mod gates;

use std::collections::BTreeMap;

use muster_conformance::results::{
    CheckResult, EntryReport, EntryState, ScenarioOutcome, ScenarioResult, UnmetExpectation,
};
use muster_conformance::{Finding, Results, Verdict};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::text::{counted, cut, instant, one_line, visible};
use crate::{Error, reproduction, summary};

/// Characters of one message; CI systems show it in a list.
const MESSAGE_LETTERS_MAX: usize = 500;

/// The report as XML text.
pub fn render(results: &Results) -> Result<String, Error> {
    let mut report = Report::new("muster");
    report.add_test_suites(gates::gate_suite(results));
    let mut areas: BTreeMap<&str, Vec<&CheckResult>> = BTreeMap::new();
    for check in &results.checks {
        areas.entry(&check.area).or_default().push(check);
    }
    for (area, checks) in areas {
        let mut suite = suite(area, results);
        suite.add_test_cases(checks.into_iter().map(|check| check_case(check, results)));
        report.add_test_suite(suite);
    }
    if !results.scenarios.is_empty() {
        let mut suite = suite("scenarios", results);
        let cases = results.scenarios.iter().map(|scenario| scenario_case(scenario, results));
        suite.add_test_cases(cases);
        report.add_test_suite(suite);
    }
    let expectations = &results.expectations;
    if !expectations.entries.is_empty() || !expectations.lost_coverage.is_empty() {
        let mut suite = suite("expectations", results);
        suite.add_test_cases(expectations.entries.iter().map(entry_case));
        suite.add_test_cases(expectations.lost_coverage.iter().map(|check| lost_case(check)));
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}

fn suite(name: &str, results: &Results) -> TestSuite {
    let mut suite = TestSuite::new(one_line(name));
    suite.add_property(("muster", results.run.muster.as_str()));
    suite.add_property(("target", one_line(&results.run.target).as_str()));
    suite.add_property(("seed", results.run.seed.to_string().as_str()));
    suite.add_property(("logical-start", instant(results.run.started_at_ms).as_str()));
    if results.run.partial {
        suite.add_property(("journal", "partial"));
    }
    suite
}

fn check_case(check: &CheckResult, results: &Results) -> TestCase {
    let status = match &check.verdict {
        Verdict::Conforms => TestCaseStatus::success(),
        Verdict::Violates => violation(check, results),
        Verdict::NotExercised => skipped("not exercised"),
        verdict @ (Verdict::Untestable { why } | Verdict::Inconclusive { why }) => {
            skipped(&format!("{verdict}: {why}"))
        }
    };
    let mut case = case(&check.area, &check.check, status);
    case.add_property(("title", one_line(&check.title).as_str()));
    case.add_property(("level", check.level.as_str()));
    for requirement in &check.requirements {
        case.add_property(("requirement", requirement.as_str()));
    }
    case
}

fn violation(check: &CheckResult, results: &Results) -> TestCaseStatus {
    let mut findings =
        check.findings.iter().filter(|finding| finding.verdict == Verdict::Violates).peekable();
    let message = findings.peek().map_or_else(
        || "violates".to_owned(),
        |first| format!("expected {}; actual {}", first.expected, first.actual),
    );
    if let Some(leniency) = summary::leniency(check) {
        return skipped(&format!("violates ({leniency}): {message}"));
    }
    let texts: Vec<String> = findings.map(|finding| description(finding, results)).collect();
    failure("violation", &message, &texts.join("\n\n"))
}

fn description(finding: &Finding, results: &Results) -> String {
    let mut text = format!(
        "expected: {}\nactual: {}\nseen: {}",
        finding.expected,
        finding.actual,
        counted(finding.occurrences, "time")
    );
    if let Some(evidence) = &finding.evidence {
        text.push_str(&format!(
            "\njournal seq: {}\nendpoint: {} {}",
            evidence.seq, evidence.endpoint, evidence.url
        ));
        if let Some(status) = evidence.http_status {
            text.push_str(&format!("\nHTTP status: {status}"));
        }
        if let Some(command) = reproduction::command(results, &evidence.scenario) {
            text.push_str(&format!("\nreproduce: {command}"));
        }
    }
    text
}

fn scenario_case(scenario: &ScenarioResult, results: &Results) -> TestCase {
    let unmet = scenario.expectations_unmet_count;
    let status = if unmet > 0 && !scenario.known {
        let texts: Vec<String> = scenario
            .expectations_unmet
            .iter()
            .map(|unmet| unmet_text(scenario, unmet))
            .chain(reproduction::command(results, &scenario.id))
            .collect();
        failure("unmet expectation", &format!("{unmet} unmet"), &texts.join("\n"))
    } else {
        match &scenario.outcome {
            ScenarioOutcome::Completed if unmet > 0 => {
                skipped(&format!("known deviation: {unmet} unmet"))
            }
            ScenarioOutcome::Completed => TestCaseStatus::success(),
            ScenarioOutcome::NotRun { lacks } => {
                skipped(&format!("not run: target lacks {}", lacks.join(", ")))
            }
            ScenarioOutcome::Broken { reason } => skipped(&format!("broken off: {reason}")),
            ScenarioOutcome::Interrupted => skipped(summary::unfinished(results)),
        }
    };
    case("scenarios", &scenario.id, status)
}

fn unmet_text(scenario: &ScenarioResult, unmet: &UnmetExpectation) -> String {
    format!(
        "{}: step {}, replica {}: {}: expected {}; actual {}",
        reproduction::location(scenario, unmet.line),
        unmet.step,
        unmet.replica,
        unmet.subject,
        unmet.expected,
        unmet.actual
    )
}

fn entry_case(entry: &EntryReport) -> TestCase {
    let status = match &entry.state {
        EntryState::Held => TestCaseStatus::success(),
        EntryState::NotExercised => skipped("not exercised"),
        EntryState::UnexpectedPass { checks } => {
            let passing = checks.join(", ");
            failure("unexpected pass", &format!("conforms after all: {passing}"), &entry.reason)
        }
        EntryState::Stale { why } => failure("stale expectation", why, &entry.reason),
    };
    case("expectations", &format!("line {}: {}", entry.line, entry.pattern), status)
}

fn lost_case(check: &str) -> TestCase {
    let status = failure("lost coverage", "exercised in the baseline, not in this run", "");
    case("coverage", check, status)
}

fn case(class: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(one_line(name), status);
    case.set_classname(one_line(class));
    case
}

fn skipped(reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(message(reason));
    status
}

fn failure(kind: &str, reason: &str, description: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(kind).set_message(message(reason));
    if !description.is_empty() {
        status.set_description(visible(description));
    }
    status
}

fn message(text: &str) -> String {
    cut(&one_line(text), MESSAGE_LETTERS_MAX).into_owned()
}
