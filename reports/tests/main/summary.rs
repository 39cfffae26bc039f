//! The arithmetic the reports share.

use muster_conformance::catalogue::Catalogue;
use muster_conformance::results::{ScenarioOutcome, Summary};
use muster_conformance::{Results, Verdict};
use muster_reports::summary::{by_area, by_verdict, untestable, verdict_line, violations};

use crate::support::{clean_results, results};

/// The clean run with one thing changed, as its verdict line.
fn line(change: impl FnOnce(&mut Results)) -> String {
    let mut results = clean_results();
    change(&mut results);
    verdict_line(&results)
}

#[test]
fn every_outcome_has_its_line() {
    let broken = ScenarioOutcome::Broken { reason: "connection refused".to_owned() };
    let doubt = Verdict::Inconclusive { why: "unknown form".to_owned() };
    let lines = [
        line(|_| {}),
        line(|run| run.checks.extend(results().checks.into_iter().filter(|it| it.is_expected()))),
        line(|run| run.checks[0].verdict = doubt),
        line(|run| run.scenarios[0].outcome = broken),
        line(|run| run.expectations = results().expectations),
        line(|run| run.expectations.lost_coverage = vec!["rum/any".to_owned()]),
        line(|run| run.checks.clear()),
        line(|run| run.checks[0].verdict = Verdict::Violates),
        line(|run| run.scenarios[0].expectations_unmet_count = 1),
        line(|run| run.failed_exchanges = run.exchanges),
        line(|run| (run.exchanges, run.failed_exchanges) = (1, 1)),
        line(|run| run.interrupted = true),
        line(|run| run.summary = Summary { conforms: 1, ..Summary::default() }),
    ];
    assert_eq!(
        lines,
        [
            "PASSED: 3 of 3 requirements conform",
            "PASSED: 3 of 3 requirements conform, 1 violation tolerated",
            "INDETERMINATE: nothing failed, 1 check without a verdict",
            "INDETERMINATE: nothing failed, 1 scenario broken off",
            "OUTDATED: 2 entries of the expectation file no longer hold, \
             1 check of the baseline not exercised",
            "OUTDATED: 1 check of the baseline not exercised",
            "FAILED: no check was exercised, so nothing is shown",
            "FAILED: 1 check finds a MUST violated",
            "FAILED: 1 scenario expectation unmet",
            "UNREACHABLE: none of 148 exchanges was answered",
            "UNREACHABLE: 1 exchange, and it was not answered",
            "INTERRUPTED: the results cover a part of the run only",
            "PASSED: 1 of 1 requirement conforms",
        ]
    );
}

#[test]
fn areas_add_up_to_the_summary() {
    let results = results();
    let areas = by_area(&results, Catalogue::embedded());
    for (index, (verdict, _, count)) in by_verdict(&results.summary).into_iter().enumerate() {
        let sum: u32 = areas.iter().map(|area| by_verdict(&area.counts)[index].2).sum();
        assert_eq!(sum, count, "{verdict}");
    }
}

#[test]
fn the_most_frequent_reason_and_the_gravest_violation_come_first() {
    let results = results();
    let reasons: Vec<_> =
        untestable(&results).into_iter().map(|it| (it.why, it.requirements.len())).collect();
    assert_eq!(reasons, [("lacks clock".to_owned(), 2), ("no check judges it yet".to_owned(), 1)]);
    let failing: Vec<bool> = violations(&results).iter().map(|check| check.is_failure()).collect();
    assert_eq!(failing, [true, true, false, false]);
}
