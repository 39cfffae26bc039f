//! Help, listings, explanations and schemas.

use crate::{code, muster, out, said};

#[test]
fn help_of_every_subcommand_is_stable() {
    let mut all = String::new();
    for words in [
        &["--help"][..],
        &["check", "--help"],
        &["run", "--help"],
        &["serve", "--help"],
        &["recheck", "--help"],
        &["list", "--help"],
        &["explain", "--help"],
        &["scenario", "lint", "--help"],
        &["schema", "--help"],
    ] {
        let run = muster(words);
        assert_eq!(code(&run), 0, "{}", said(&run));
        all.push_str(&format!("$ muster {}\n{}\n", words.join(" "), out(&run)));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn every_list_is_also_json() {
    for what in ["checks", "scenarios", "requirements", "defects", "platforms"] {
        let table = muster(&["list", what]);
        assert_eq!(code(&table), 0, "{}", said(&table));
        let document = muster(&["list", what, "--json"]);
        let rows: Vec<serde_json::Value> =
            serde_json::from_slice(&document.stdout).expect("the list is JSON");
        assert_eq!(rows.len() + 1, out(&table).lines().count(), "{what}");
        assert!(rows.len() >= 3, "{what}");
    }
}

#[test]
fn the_requirement_list_holds_all_806() {
    let document = muster(&["list", "requirements", "--json"]);
    let rows: Vec<serde_json::Value> =
        serde_json::from_slice(&document.stdout).expect("the list is JSON");
    assert_eq!(rows.len(), 806);
}

#[test]
fn a_requirement_is_explained_with_source_checks_and_scenarios() {
    let run = muster(&["explain", "TRUST-012"]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    insta::assert_snapshot!(out(&run));
    let wrong = muster(&["explain", "TRUTS-012"]);
    assert_eq!(code(&wrong), 4, "{}", said(&wrong));
    assert!(said(&wrong).contains("did you mean TRUST-012"), "{}", said(&wrong));
}

#[test]
fn checks_scenarios_and_defects_are_explained_too() {
    for id in ["demo/first-report", "accepts-old-trust-id", "trust/stale_trust_id_is_refused"] {
        let run = muster(&["explain", id]);
        assert_eq!(code(&run), 0, "{}", said(&run));
        assert!(out(&run).contains(id), "{}", said(&run));
    }
}

#[test]
fn schemas_are_json_schemas() {
    for which in ["scenario", "results"] {
        let run = muster(&["schema", which]);
        let schema: serde_json::Value =
            serde_json::from_slice(&run.stdout).expect("the schema is JSON");
        let dialect = schema["$schema"].as_str().expect("a dialect");
        assert!(dialect.contains("json-schema.org"), "{dialect}");
    }
}

#[test]
fn the_scenario_of_the_readme_is_a_scenario() {
    let readme = include_str!("../../README.md");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut blocks = 0;
    for block in readme.split("```yaml\n").skip(1) {
        let yaml = block.split("```").next().expect("a fence ends");
        let file = folder.path().join("readme.yaml");
        std::fs::write(&file, yaml).expect("a writable folder");
        let run = muster(&["run", "--virtual", file.to_str().expect("UTF-8")]);
        assert_eq!(code(&run), 0, "{}", said(&run));
        blocks += 1;
    }
    assert_eq!(blocks, 1);
}

#[test]
fn the_commands_of_the_readme_exist() {
    let readme = include_str!("../../README.md");
    let words: Vec<_> = readme.lines().filter_map(|line| line.strip_prefix("$ muster ")).collect();
    assert!(words.len() >= 4, "{words:?}");
    for line in words {
        let subcommand = line.split_whitespace().next().expect("a word");
        let run = muster(&[subcommand, "--help"]);
        assert_eq!(code(&run), 0, "{}", said(&run));
    }
}
