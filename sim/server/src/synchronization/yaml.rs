//! Documents as YAML whose keys start with a colon, as the guide shows them.
//!
//! Source: SSM On-Prem 7 User Guide, "Synchronization File Changes for Application Redundancy".
//! Assumed: no tags of another language are read, and no aliases are needed.

use serde_json::{Map, Value};
use serde_saphyr::{DuplicateKeyPolicy, MergeKeyPolicy};

/// Levels of a document; ours have five.
const DEPTH_MAX: usize = 16;

/// Keys and values of a document: 25,000 product instances have some 30 each.
const NODES_MAX: usize = 1_500_000;

/// The document is no YAML, or no mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotYaml;

/// Reads a document; the colons of its keys are taken off.
pub(crate) fn read(text: &str) -> Result<Value, NotYaml> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 1,
            max_depth: DEPTH_MAX,
            max_nodes: NODES_MAX,
            max_events: 2 * NODES_MAX,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 0 },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
    };
    let value: Value = serde_saphyr::from_str_with_options(text, options).map_err(|_| NotYaml)?;
    if value.is_object() { Ok(without_colons(value)) } else { Err(NotYaml) }
}

fn without_colons(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let bare = |key: String| key.strip_prefix(':').map(str::to_owned).unwrap_or(key);
            let members =
                members.into_iter().map(|(key, value)| (bare(key), without_colons(value)));
            Value::Object(members.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_colons).collect()),
        other => other,
    }
}

/// A mapping as YAML text.
pub(crate) fn write(members: &Map<String, Value>) -> String {
    let mut text = "---\n".to_owned();
    mapping(members, 0, &mut text);
    text
}

fn mapping(members: &Map<String, Value>, indent: usize, text: &mut String) {
    for (key, value) in members {
        text.push_str(&" ".repeat(indent));
        member(key, value, indent, text);
    }
}

fn member(key: &str, value: &Value, indent: usize, text: &mut String) {
    text.push(':');
    text.push_str(key);
    text.push(':');
    match value {
        Value::Object(members) if !members.is_empty() => {
            text.push('\n');
            mapping(members, indent + 2, text);
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            for item in items {
                text.push_str(&" ".repeat(indent));
                text.push_str("- ");
                list_item(item, indent, text);
            }
        }
        other => {
            text.push(' ');
            text.push_str(&scalar(other));
            text.push('\n');
        }
    }
}

fn list_item(item: &Value, indent: usize, text: &mut String) {
    let Value::Object(members) = item else {
        text.push_str(&scalar(item));
        text.push('\n');
        return;
    };
    for (at, (key, value)) in members.iter().enumerate() {
        if at > 0 {
            text.push_str(&" ".repeat(indent + 2));
        }
        member(key, value, indent + 2, text);
    }
    if members.is_empty() {
        text.push_str("{}\n");
    }
}

/// A value that is neither a filled list nor a filled mapping.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        // JSON strings are YAML strings in double quotes.
        other => other.to_string(),
    }
}

/// Whether a text stands for itself without quotes.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let word = text.to_ascii_lowercase();
    starts_well && text.chars().all(allowed) && !WORDS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn round_trip(value: &Value) -> Value {
        read(&write(value.as_object().unwrap())).unwrap()
    }

    #[test]
    fn a_document_looks_like_the_sample_and_reads_back() {
        let value = json!({
            "type": "request",
            "empty": [], "none": {}, "nothing": null, "number": 42, "flag": true,
            "list": [
                { "application_name": "User_A", "app_role": "ACTIVE", "app_id": "1",
                  "peer_info": [{ "name": "User A1", "role": "STANDBY" }] },
                { "tag": "regid.2020-01.com.cisco.X,1.0_1" },
            ],
        });
        let text = write(value.as_object().unwrap());
        insta::assert_snapshot!(text);
        assert_eq!(round_trip(&value), value);
    }

    #[test]
    fn what_is_no_mapping_is_refused() {
        let deep = "[".repeat(100) + &"]".repeat(100);
        let bomb = "a: &a [1,1]\nb: [*a,*a]\n";
        for text in ["", "- 1", "text", "{", ":a: 1\n:a: 2\n", "--- {}\n--- {}\n", &deep, bomb] {
            assert_eq!(read(text), Err(NotYaml), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_text_holds_it_reads_back(text in any::<String>(), key in "[a-z_]{1,8}") {
            let mut members = Map::new();
            members.insert(key, Value::String(text));
            let value = Value::Object(members);
            prop_assert_eq!(round_trip(&value), value);
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = read(&text);
        }
    }
}
