//! `docs/scenarios.md`: its examples are scenarios, and it leaves no word of the language out.

use std::collections::BTreeSet;
use std::fs;

use muster_scenarios::{KnownNames, lint, schema};
use serde_json::Value;

use super::files::root;

fn document() -> String {
    fs::read_to_string(root().join("../docs/scenarios.md")).expect("the document is there")
}

/// The text of every fence of a kind, with the line it starts on.
fn fences(document: &str, kind: &str) -> Vec<(usize, String)> {
    let mut fences = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in document.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((index + 2, format!("{info}\n"))),
            (Some(_), Some(_)) => fences.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    let info = format!("{kind}\n");
    let body = |(line, text): (usize, String)| Some((line, text.strip_prefix(&info)?.to_owned()));
    fences.into_iter().filter_map(body).collect()
}

/// An example is a whole scenario, or a list of steps for the cast the document introduces, or what
/// stands beside its steps.
fn whole(text: &str) -> String {
    let head = "title: example\ninstances:\n  wlc: { platform: c9800-l, via: cslu }\n  \
                spare: { platform: c9800-l, via: cslu, boots: false }\n";
    if text.starts_with("- ") {
        format!("{head}steps:\n{text}")
    } else if text.starts_with("load:") || text.starts_with("gates:") {
        format!("{head}steps: [sync]\n{text}")
    } else {
        text.to_owned()
    }
}

#[test]
fn every_example_is_a_scenario() {
    let document = document();
    let examples = fences(&document, "yaml");
    assert!(examples.len() >= 10, "only {} examples", examples.len());
    for (line, text) in examples {
        let known = KnownNames { platforms: vec!["c9800-l".to_owned()], ..KnownNames::common() };
        if let Err(report) = lint("docs/scenarios.md", &whole(&text), &known) {
            panic!("the example on line {line}\n{report}");
        }
    }
}

#[test]
fn the_error_message_shown_is_the_one_given() {
    let document = document();
    let wrong = fences(&document, "yaml wrong");
    let told = fences(&document, "text");
    assert_eq!((wrong.len(), told.len()), (1, 1), "one wrong example and its message");
    let report = lint("my-test.yaml", &wrong[0].1, &KnownNames::common());
    assert_eq!(report.expect_err("it is wrong").to_string() + "\n", told[0].1);
}

#[test]
fn every_word_of_the_language_is_described() {
    let mut words = BTreeSet::new();
    collect(&schema(), &mut words);
    let document = document();
    let missing: Vec<_> =
        words.iter().filter(|word| !document.contains(&format!("`{word}`"))).collect();
    assert!(missing.is_empty(), "not described: {missing:?}");
}

/// Keys and bare words of the schema.
fn collect(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            for (name, inner) in members {
                match (name.as_str(), inner) {
                    ("properties", Value::Object(keys)) => words.extend(keys.keys().cloned()),
                    ("enum", Value::Array(values)) => {
                        words.extend(values.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => {}
                }
                collect(inner, words);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        _ => {}
    }
}
