//! `docs/scenarios.md`: its examples are scenarios, and it leaves no word of the language out.

use std::collections::BTreeSet;
use std::fs;

use muster_scenarios::{Era, KnownNames, lint, schema};
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
    with_cast(
        text,
        "  wlc: { platform: c9800-l, via: cslu }\n  \
         spare: { platform: c9800-l, via: cslu, boots: false }\n",
    )
}

/// The same for the cast of the classic examples.
fn whole_classic(text: &str) -> String {
    with_cast(
        text,
        "  router: { platform: csr1000v, via: call_home }\n  \
         other: { platform: csr1000v, via: call_home }\n  \
         apic: { platform: apic, via: call_home }\n",
    )
}

fn with_cast(text: &str, cast: &str) -> String {
    let head = format!("title: example\ninstances:\n{cast}");
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
    let classic = fences(&document, "yaml classic");
    assert!(classic.len() >= 2, "only {} classic examples", classic.len());
    let examples = examples.into_iter().map(|(line, text)| (line, whole(&text)));
    let classic = classic.into_iter().map(|(line, text)| (line, whole_classic(&text)));
    for (line, text) in examples.chain(classic) {
        if let Err(report) = lint("docs/scenarios.md", &text, &known()) {
            panic!("the example on line {line}\n{report}");
        }
    }
}

/// Platforms of the examples, and their eras.
fn known() -> KnownNames {
    let eras = [("c9800-l", Era::Policy), ("csr1000v", Era::Classic), ("apic", Era::Classic)];
    KnownNames {
        platforms: eras.map(|(platform, _)| platform.to_owned()).into(),
        eras: eras.map(|(platform, era)| (platform.to_owned(), era)).into(),
        ..KnownNames::common()
    }
}

#[test]
fn the_error_message_shown_is_the_one_given() {
    let document = document();
    let wrong = fences(&document, "yaml wrong");
    let told = fences(&document, "text");
    assert_eq!((wrong.len(), told.len()), (2, 2), "two wrong examples and their messages");
    for ((_, wrong), (_, told)) in wrong.iter().zip(&told) {
        let report = lint("my-test.yaml", wrong, &known());
        assert_eq!(report.expect_err("it is wrong").to_string() + "\n", *told);
    }
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
