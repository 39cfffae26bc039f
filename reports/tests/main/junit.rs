//! The JUnit report, parsed back.

use muster_reports::junit;
use quick_junit::{Report, TestCase, TestCaseStatus};

use crate::support::results;

fn cases(report: &Report) -> impl Iterator<Item = &TestCase> {
    report.test_suites.iter().flat_map(|suite| &suite.test_cases)
}

#[test]
fn the_report() {
    insta::assert_snapshot!(junit::render(&results()).expect("well formed"));
}

#[test]
fn only_what_fails_the_run_is_a_failure() {
    let xml = junit::render(&results()).expect("well formed");
    let report = Report::deserialize_from_str(&xml).expect("what we wrote is JUnit");
    let failing: Vec<&str> = cases(&report)
        .filter(|case| matches!(case.status, TestCaseStatus::NonSuccess { .. }))
        .map(|case| case.name.as_str())
        .collect();
    assert_eq!(
        failing,
        [
            "rum/edited_payload_is_not_processed",
            "trust/stale_trust_id_is_refused",
            "conformance/trust/stale-trust-id",
            "line 10: policy/*",
            "line 22: scenario:classic/*",
            "rum/purged_report_is_not_asked_for",
        ]
    );
}

#[test]
fn every_check_and_scenario_is_a_case_and_every_skip_has_a_reason() {
    let results = results();
    let xml = junit::render(&results).expect("well formed");
    let report = Report::deserialize_from_str(&xml).expect("what we wrote is JUnit");
    for suite in &report.test_suites {
        assert!(
            suite.properties.iter().any(|it| it.name.as_str() == "seed"),
            "{}",
            suite.name.as_str()
        );
    }
    let expectations = &results.expectations;
    let all = results.checks.len()
        + results.scenarios.len()
        + expectations.entries.len()
        + expectations.lost_coverage.len();
    assert_eq!(cases(&report).count(), all);
    for case in cases(&report) {
        if let TestCaseStatus::Skipped { message, .. } = &case.status {
            assert!(message.as_ref().is_some_and(|it| !it.is_empty()), "{}", case.name.as_str());
        }
    }
}
