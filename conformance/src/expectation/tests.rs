//! What the expectation file excuses, and what it does not.

use muster_journal::TimeMode;

use super::*;
use crate::requirement::Level;
use crate::results::{Outcome, RunInfo, Summary};

const TODAY: &str = "2026-06-01";

fn file(check: &str, expires: &str) -> String {
    format!(
        "# Known deviations.\n\n[[expectation]]\ncheck = \"{check}\"\nverdict = \"violates\"\n\
         reason = \"under repair\"\nowner = \"licensing team\"\nlink = \"\"\nexpires = {expires}\n"
    )
}

fn results(verdict: Verdict) -> Results {
    let check = |id: &str, verdict| CheckResult {
        check: id.to_owned(),
        title: String::new(),
        area: String::new(),
        requirements: Vec::new(),
        level: Level::Must,
        compatibility: false,
        verdict,
        conforming: 0,
        violating: 0,
        inconclusive: 0,
        findings: Vec::new(),
        expectation: None,
    };
    Results {
        run: RunInfo {
            muster: "0.0.0".to_owned(),
            seed: 1,
            time: TimeMode::Virtual,
            target: "test".to_owned(),
            started_at_ms: 0,
            scenarios: Vec::new(),
            endpoints: Default::default(),
            command: Vec::new(),
            partial: false,
        },
        requirements: Vec::new(),
        checks: vec![
            check("trans/answers_are_decodable", Verdict::Conforms),
            check("trust/stale_trust_id_is_refused", verdict),
        ],
        scenarios: Vec::new(),
        summary: Summary::default(),
        expectations: Default::default(),
        interrupted: false,
        exchanges: 2,
        failed_exchanges: 1,
        load: None,
        gates_unjudged: Vec::new(),
    }
}

fn applied(text: &str, verdict: Verdict) -> Results {
    let mut results = results(verdict);
    Expectations::parse("known.toml", text).expect("well formed").apply(&mut results, TODAY);
    results
}

#[test]
fn a_listed_violation_is_no_failure() {
    let text = file("trust/stale_*", "2026-06-01");
    assert_eq!(results(Verdict::Violates).exit(), Outcome::ConformanceFailure);
    let results = applied(&text, Verdict::Violates);
    assert_eq!(results.exit(), Outcome::Passed);
    assert_eq!(results.expectations.entries[0].state, EntryState::Held);
    assert_eq!(results.expectations.entries[0].line, 3);
}

#[test]
fn a_listed_check_that_conforms_is_an_unexpected_pass() {
    let results = applied(&file("trust/stale_*", "2026-12-31"), Verdict::Conforms);
    assert_eq!(results.checks[1].expectation, Some(ExpectationOutcome::UnexpectedPass));
    assert_eq!(results.exit(), Outcome::ExpectationsOutdated);
}

#[test]
fn an_expired_entry_excuses_nothing() {
    let text = file("trust/stale_*", "2026-05-31");
    assert_eq!(applied(&text, Verdict::Violates).exit(), Outcome::ConformanceFailure);
    assert_eq!(applied(&text, Verdict::Conforms).exit(), Outcome::ExpectationsOutdated);
}

#[test]
fn an_entry_that_was_not_exercised_is_left_alone() {
    let results = applied(&file("trust/stale_*", "2026-12-31"), Verdict::NotExercised);
    assert_eq!(results.expectations.entries[0].state, EntryState::NotExercised);
    assert_eq!(results.exit(), Outcome::Passed);
}

#[test]
fn faults_are_named_with_file_and_line() {
    for (text, told) in [
        (file("trust/nothing", "2026-12-31"), "known.toml:3: no check has an id like"),
        (file("trust/*", "2026-12-31T10:00:00"), "known.toml:3: `expires` is a date"),
        (file("trust/*", "2026-12-31").replace("owner", "owned"), "known.toml:7: unknown field"),
        (file("trust/*", "2026-12-31").replace("under repair", " "), "known.toml:3: `reason`"),
        (file("trust/*", "2026-12-31").replace("check", "scenario"), "known.toml:3: `verdict`"),
        (file("trust/*", "\"soon\""), "known.toml:9:"),
    ] {
        let error = Expectations::parse("known.toml", &text).expect_err(told).to_string();
        assert!(error.starts_with(told), "{error}");
    }
}

#[test]
fn globs_match_whole_ids() {
    for (glob, text, matches) in [
        ("rum/*", "rum/answer_echoes_the_instance", true),
        ("rum/*", "trust/rum/x", false),
        ("*/*_refused", "trust/stale_trust_id_is_refused", true),
        ("*stale*", "trust/stale_trust_id_is_refused", true),
        ("rum/?", "rum/ab", false),
        ("", "", true),
        ("**", "", true),
        ("a*b*c", "a-b-b-d", false),
    ] {
        assert_eq!(matches_glob(glob, text), matches, "{glob} on {text}");
    }
}
