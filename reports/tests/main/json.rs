//! The results document: its schema, and the way back.

use std::collections::BTreeSet;
use std::path::Path;

use muster_reports::{Error, json};
use serde_json::Value;

use crate::load_run::load_results;
use crate::support::results;

#[test]
fn the_document() {
    insta::assert_snapshot!(json::render(&results()));
}

#[test]
fn a_document_is_read_back_whole() {
    let read = json::from_json(&json::render(&results())).expect("our own document");
    assert_eq!(read, results());
}

#[test]
fn members_of_a_later_load_run_are_ignored() {
    let mut document: Value = serde_json::from_str(&json::render(&load_results())).expect("JSON");
    assert!(add_members(&mut document) > 100, "the sample has many objects");
    let read = json::from_json(&document.to_string()).expect("unknown members are no error");
    assert_eq!(read, load_results());
}

#[test]
fn members_of_a_later_muster_are_ignored() {
    let mut document: Value = serde_json::from_str(&json::render(&results())).expect("JSON");
    assert!(add_members(&mut document) > 50, "the sample has many objects");
    let read = json::from_json(&document.to_string()).expect("unknown members are no error");
    let mut expected = results();
    for finding in expected.checks.iter_mut().flat_map(|check| &mut check.findings) {
        for body in finding.evidence.iter_mut().flat_map(|it| [&mut it.request, &mut it.answer]) {
            add_members(body);
        }
    }
    assert_eq!(read, expected);
}

#[test]
fn what_is_no_document_is_refused_with_the_reason() {
    let refusal = |text: &str| json::from_json(text).expect_err("not a document");
    assert!(matches!(refusal("{"), Error::Json(_)));
    assert!(matches!(refusal("{}"), Error::Json(_)));
    let later = refusal(r#"{"schema": "muster.results/2"}"#);
    assert_eq!(
        later.to_string(),
        "results document has schema `muster.results/2`, this Muster reads `muster.results/1`"
    );
    let text = json::render(&results());
    let id = refusal(&text.replace("\"RUM-061\"", "\"RUM-61\""));
    assert!(matches!(id, Error::RequirementId(_)), "{id}");
    let stray = text.replacen("\"id\": \"rum/every", "\"id\": \"rum/any", 1);
    assert!(matches!(refusal(&stray), Error::StrayFinding { .. }));
}

#[test]
fn the_published_schema_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/results.schema.json");
    let current = format!("{:#}\n", json::schema());
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        std::fs::write(&path, &current).expect("the schema folder exists");
    }
    let published = std::fs::read_to_string(&path).expect("the schema is published");
    assert_eq!(published, current, "INSTA_UPDATE=always publishes the current schema");
}

#[test]
fn a_document_has_the_members_of_the_schema_and_no_others() {
    let schema = json::schema();
    let mut seen = BTreeSet::new();
    for results in [results(), load_results()] {
        let document: Value = serde_json::from_str(&json::render(&results)).expect("JSON");
        compare(&document, &schema, &schema, "", &mut seen);
    }
    let mut declared = BTreeSet::new();
    declared_members(&schema, &schema, "", &mut declared);
    assert_eq!(seen, declared, "the samples show every member");
}

/// Walks a value along its schema, notes each member and refuses undeclared ones.
fn compare(value: &Value, schema: &Value, root: &Value, at: &str, seen: &mut BTreeSet<String>) {
    let schema = resolved(schema, root);
    match value {
        Value::Object(members) => {
            let Some(properties) = properties(schema, Some(value)) else { return };
            for (name, member) in members {
                let place = format!("{at}/{name}");
                let declared = properties.get(name);
                let declared = declared.unwrap_or_else(|| panic!("{place} is not in the schema"));
                seen.insert(place.clone());
                compare(member, declared, root, &place, seen);
            }
        }
        Value::Array(items) => {
            for item in items {
                compare(item, &schema["items"], root, &format!("{at}[]"), seen);
            }
        }
        _ => {}
    }
}

/// Every member the schema declares, by place.
fn declared_members(schema: &Value, root: &Value, at: &str, found: &mut BTreeSet<String>) {
    let schema = resolved(schema, root);
    for alternative in alternatives(schema) {
        for (name, member) in alternative["properties"].as_object().into_iter().flatten() {
            let place = format!("{at}/{name}");
            found.insert(place.clone());
            declared_members(member, root, &place, found);
        }
    }
    if schema["items"].is_object() {
        declared_members(&schema["items"], root, &format!("{at}[]"), found);
    }
}

/// Follows a reference, and an optional member to what it is when it is there.
fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        return resolved(root.pointer(pointer).expect("references resolve"), root);
    }
    let is_null = |it: &&Value| it["type"] == "null";
    match schema["anyOf"].as_array() {
        Some(options) if options.iter().any(|option| is_null(&option)) => {
            let present = options.iter().find(|option| !is_null(option));
            resolved(present.expect("not only null"), root)
        }
        _ => schema,
    }
}

fn alternatives(schema: &Value) -> Vec<&Value> {
    match schema["oneOf"].as_array() {
        Some(options) => options.iter().collect(),
        None => vec![schema],
    }
}

/// The properties of a schema, of the alternative that fits `value` when there are several.
fn properties<'a>(
    schema: &'a Value,
    value: Option<&Value>,
) -> Option<&'a serde_json::Map<String, Value>> {
    let fits = |alternative: &&Value| {
        let Some(properties) = alternative["properties"].as_object() else { return false };
        properties.iter().all(|(name, member)| {
            member["const"].is_null() || value.is_some_and(|value| value[name] == member["const"])
        })
    };
    alternatives(schema).into_iter().find(fits)?["properties"].as_object()
}

/// Puts an unknown member into every object; how many.
fn add_members(value: &mut Value) -> usize {
    match value {
        Value::Object(members) => {
            let inner: usize = members.values_mut().map(add_members).sum();
            members.insert("later".to_owned(), Value::from(true));
            inner + 1
        }
        Value::Array(items) => items.iter_mut().map(add_members).sum(),
        _ => 0,
    }
}
