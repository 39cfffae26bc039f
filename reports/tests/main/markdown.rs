//! The summary for a pull request.

use muster_conformance::catalogue::Catalogue;
use muster_reports::markdown;

use crate::support::{clean_results, results};

#[test]
fn the_summary_of_a_failed_run() {
    insta::assert_snapshot!(markdown::render(&results(), Catalogue::embedded()));
}

#[test]
fn the_summary_of_a_clean_run() {
    insta::assert_snapshot!(markdown::render(&clean_results(), Catalogue::embedded()));
}

#[test]
fn a_summary_fits_a_comment() {
    let mut results = results();
    let violating = results.checks[8].clone();
    results.checks.extend(std::iter::repeat_n(violating, 500));
    let text = markdown::render(&results, Catalogue::embedded());
    assert!(text.len() < 65_536, "{} bytes", text.len());
    assert!(text.contains("and 479 more"), "{text}");
}
