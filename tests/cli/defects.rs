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
    let missed = |defect: &Value| {
        let name = defect["name"].as_str().expect("a name");
        let requirement = defect["requirement"].as_str().expect("a requirement");
        let arguments = ["check", "--seed", "3", "--json", text(&results), "--defect", name];
        let simulated = [&arguments[..], &["--virtual"]].concat();
        let mut run = muster(&simulated);
        // What shows in a handshake or on a wire only cannot show in memory.
        if !results.exists() || !is_violated(&json(&results), requirement) {
            run = muster(&arguments);
        }
        let caught = results.exists() && is_violated(&json(&results), requirement);
        let is_caught = code(&run) == 1 && caught;
        let _ = std::fs::remove_file(&results);
        (!is_caught).then(|| format!("{name} ({requirement})\n{}", said(&run)))
    };
    defects.iter().filter_map(missed).collect()
}

fn is_violated(results: &Value, requirement: &str) -> bool {
    let rows = results["requirements"].as_array().expect("a list of requirements");
    rows.iter().any(|row| row["id"] == requirement && row["verdict"] == "violates")
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
