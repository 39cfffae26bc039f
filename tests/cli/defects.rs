//! The suite's own detection power: every defect of the embedded server that a check claims to
//! catch is caught, and the requirement it breaks is named.

use serde_json::Value;

use crate::{code, json, muster, out, said, text};

/// Runs at a time: each is one process with one busy thread.
const AT_A_TIME: usize = 2;

fn listed() -> Vec<Value> {
    let listing = muster(&["list", "defects", "--json"]);
    serde_json::from_slice(&listing.stdout).expect("the list is JSON")
}

#[test]
fn there_are_many_defects_and_each_says_who_catches_it() {
    let defects = listed();
    assert!(defects.len() >= 150, "{} defects", defects.len());
    let claimed = defects.iter().filter(|defect| is_claimed(defect)).count();
    assert!(claimed >= 25, "{claimed} claimed");
    for defect in &defects {
        let unnoticed = defect["unnoticed_because"].is_string();
        assert!(!(unnoticed && is_claimed(defect)), "{defect}");
    }
}

#[test]
fn every_defect_that_a_check_claims_is_caught_and_its_requirement_named() {
    let claimed: Vec<Value> = listed().into_iter().filter(is_claimed).collect();
    let shares: Vec<Vec<Value>> = (0..AT_A_TIME)
        .map(|first| claimed.iter().skip(first).step_by(AT_A_TIME).cloned().collect())
        .collect();
    let missed: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> =
            shares.iter().map(|share| scope.spawn(move || missed_of(share))).collect();
        runs.into_iter().flat_map(|run| run.join().expect("a test panics in one place")).collect()
    });
    assert!(missed.is_empty(), "{} defects slipped through:\n{}", missed.len(), missed.join("\n"));
}

fn is_claimed(defect: &Value) -> bool {
    defect["caught_by"].as_array().is_some_and(|checks| !checks.is_empty())
}

fn missed_of(defects: &[Value]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let results = folder.path().join("r.json");
    let scenarios = scenarios();
    let missed = |defect: &Value| {
        let name = defect["name"].as_str().expect("a name");
        let requirement = defect["requirement"].as_str().expect("a requirement");
        let arguments = ["check", "--seed", "3", "--json", text(&results), "--defect", name];
        let mut said_last = String::new();
        // The scenarios that are made for the requirement usually do; else all of them, and for
        // what shows on a wire only, those.
        let few = [&["--virtual".to_owned()][..], &provoking(&scenarios, requirement)].concat();
        let all = vec!["--virtual".to_owned()];
        for more in [few, all, Vec::new()] {
            let more: Vec<&str> = more.iter().map(String::as_str).collect();
            let run = muster(&[&arguments[..], &more].concat());
            let found = if results.exists() { json(&results) } else { Value::Null };
            let _ = std::fs::remove_file(&results);
            let is_soft = defect["compatibility"] == true;
            let fails = code(&run) == 1 || (is_soft && is_compatibility(&found, requirement));
            if fails && is_violated(&found, requirement) {
                return None;
            }
            said_last = said(&run);
        }
        Some(format!("{name} ({requirement})\n{said_last}"))
    };
    defects.iter().filter_map(missed).collect()
}

fn scenarios() -> Vec<Value> {
    let listing = muster(&["list", "scenarios", "--json"]);
    serde_json::from_slice(&listing.stdout).expect("the list is JSON")
}

/// Arguments that choose the scenarios made for a requirement; none when there are none.
fn provoking(scenarios: &[Value], requirement: &str) -> Vec<String> {
    let provokes = |scenario: &&Value| {
        let mut provoked = scenario["provokes"].as_array().into_iter().flatten();
        let is_checked = scenario["id"].as_str().is_some_and(|id| id.starts_with("conformance/"));
        is_checked && provoked.any(|id| id == requirement)
    };
    let ids = scenarios.iter().filter(provokes).filter_map(|scenario| scenario["id"].as_str());
    ids.flat_map(|id| ["--scenario".to_owned(), id.to_owned()]).collect()
}

fn is_violated(results: &Value, requirement: &str) -> bool {
    let mut rows = results["requirements"].as_array().into_iter().flatten();
    rows.any(|row| row["id"] == requirement && row["verdict"] == "violates")
}

/// Whether only compatibility findings speak of the requirement: those fail no run.
fn is_compatibility(results: &Value, requirement: &str) -> bool {
    let checks = results["checks"].as_array().into_iter().flatten();
    let about = |check: &&Value| {
        let requirements = check["requirements"].as_array();
        check["verdict"] == "violates"
            && requirements.is_some_and(|all| all.iter().any(|id| id == requirement))
    };
    let mut about = checks.filter(about).peekable();
    about.peek().is_some() && about.all(|check| check["compatibility"] == true)
}

#[test]
fn a_defect_is_caught_over_real_tls_too() {
    let run = muster(&["check", "--defect", "accepts-old-trust-id"]);
    assert_eq!(code(&run), 1, "{}", said(&run));
    assert!(out(&run).contains("TRUST-012"), "{}", said(&run));
}

#[test]
fn an_unknown_defect_is_answered_with_the_nearest() {
    let run = muster(&["check", "--defect", "accept-old-trust-id"]);
    assert_eq!(code(&run), 4, "{}", said(&run));
    assert!(said(&run).contains("did you mean `accepts-old-trust-id`?"), "{}", said(&run));
}
