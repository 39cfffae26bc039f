//! The SARIF log.

use muster_conformance::catalogue::Catalogue;
use muster_reports::sarif;
use serde_json::Value;

use crate::support::{clean_results, results};

#[test]
fn the_log() {
    insta::assert_snapshot!(sarif::render(&results(), Catalogue::embedded()));
}

#[test]
fn every_result_names_the_rule_at_its_index() {
    let text = sarif::render(&results(), Catalogue::embedded());
    let log: Value = serde_json::from_str(&text).expect("JSON");
    let run = &log["runs"][0];
    let entries = run["results"].as_array().expect("a list");
    assert_eq!(entries.len(), 8, "five findings that violate, three unmet expectations");
    for entry in entries {
        let index = entry["ruleIndex"].as_u64().and_then(|it| usize::try_from(it).ok());
        let rule = &run["tool"]["driver"]["rules"][index.expect("a number")];
        assert_eq!(rule["id"], entry["ruleId"]);
    }
}

#[test]
fn a_clean_run_has_an_empty_list_of_results() {
    let text = sarif::render(&clean_results(), Catalogue::embedded());
    let log: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(log["runs"][0]["results"], Value::Array(Vec::new()));
}
