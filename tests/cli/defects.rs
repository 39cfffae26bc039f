//! The suite's own detection power: every defect of the embedded server is caught by name.

use crate::{code, json, muster, out, said, text};

#[test]
fn every_listed_defect_is_caught_and_its_requirement_named() {
    let listing = muster(&["list", "defects", "--json"]);
    let defects: Vec<serde_json::Value> =
        serde_json::from_slice(&listing.stdout).expect("the list is JSON");
    assert!(defects.len() >= 15, "{} defects", defects.len());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let results = folder.path().join("r.json");
    let mut missed = Vec::new();
    // No check judges the classic era yet, so nothing can notice its defects.
    let judged = defects.iter().filter(|defect| defect["era"] == "policy");
    for defect in judged {
        let name = defect["name"].as_str().expect("a name");
        let requirement = defect["requirement"].as_str().expect("a requirement");
        let arguments = ["check", "--seed", "3", "--json", text(&results), "--defect", name];
        let simulated = [&arguments[..], &["--virtual"]].concat();
        let mut run = muster(&simulated);
        // In memory there is no second connection, so nothing collects.
        if !is_violated(&json(&results), requirement) {
            run = muster(&arguments);
        }
        if code(&run) != 1 || !is_violated(&json(&results), requirement) {
            missed.push(format!("{name} ({requirement})\n{}", said(&run)));
        }
    }
    assert!(missed.is_empty(), "{} defects slipped through:\n{}", missed.len(), missed.join("\n"));
}

fn is_violated(results: &serde_json::Value, requirement: &str) -> bool {
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
