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
fn the_table_fits_80_columns() {
    let text = written(&results(), false);
    let table = text.lines().skip_while(|line| !line.starts_with("Requirements"));
    let rows: Vec<_> = table.take_while(|line| !line.is_empty()).collect();
    assert!(rows.len() > 3, "{text}");
    for row in rows {
        assert!(row.chars().count() <= 80, "{row}");
    }
}

#[test]
fn one_of_a_kind_is_not_a_plural() {
    let mut results = clean_results();
    results.checks.truncate(1);
    results.scenarios.truncate(1);
    results.exchanges = 1;
    results.failed_exchanges = 0;
    let text = written(&results, false);
    assert!(text.contains("\n1 scenario, 1 exchange, 1 check, logical"), "{text}");
}

#[test]
fn what_is_cut_is_said_to_stand_elsewhere() {
    let mut results = results();
    results.scenarios[1].expectations_unmet_count = 9;
    let found = results.checks[8].findings[0].clone();
    results.checks[8].findings = vec![found; 4];
    let text = written(&results, false);
    assert!(text.contains("and 7 more unmet (see --json or --report)"), "{text}");
    assert!(text.contains("and 1 more finding of this check (see --json or --report)"), "{text}");
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
