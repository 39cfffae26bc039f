//! The console report: width, colours, and nothing that steers the terminal.

use muster_conformance::Results;
use muster_conformance::catalogue::Catalogue;
use muster_reports::console;

use crate::support::{clean_results, results};

fn written(results: &Results, colour: bool) -> String {
    let mut out = Vec::new();
    console::write(&mut out, results, Catalogue::embedded(), colour).expect("a Vec takes all");
    String::from_utf8(out).expect("the report is text")
}

#[test]
fn the_report_of_a_failed_run() {
    insta::assert_snapshot!(written(&results(), false));
}

#[test]
fn the_report_of_a_clean_run() {
    insta::assert_snapshot!(written(&clean_results(), false));
}

#[test]
fn no_line_is_wider_than_100_columns() {
    for line in written(&results(), false).lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn an_answer_does_not_steer_the_terminal() {
    let steers = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
    assert!(!written(&results(), false).contains(steers));
}

#[test]
fn colours_change_nothing_but_colours() {
    let mut plain = String::new();
    let coloured = written(&results(), true);
    let mut parts = coloured.split("\u{1b}[");
    plain.push_str(parts.next().expect("a split has a first part"));
    for part in parts {
        let (code, text) = part.split_once('m').expect("only colours are set");
        assert!(code.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{code}");
        plain.push_str(text);
    }
    assert!(coloured.len() > plain.len());
    assert_eq!(plain, written(&results(), false));
}

#[test]
fn a_run_with_hundreds_of_violations_stays_readable() {
    let mut results = results();
    let violating = results.checks[8].clone();
    results.checks.extend(std::iter::repeat_n(violating, 300));
    let text = written(&results, false);
    assert_eq!(text.matches("  reproduce   ").count(), 20, "the first twenty in full");
    assert_eq!(text.matches("trust/stale_trust_id_is_refused  MUST").count(), 301);
}
