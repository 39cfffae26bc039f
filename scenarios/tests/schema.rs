//! The schema: current, and in agreement with the parser. `INSTA_UPDATE=always` rewrites the file.

use std::{env, fs};

use muster_scenarios::{library, parse, schema};
use serde_json::Value;

use super::files::{root, yaml_files};
use super::validator::validate;

#[test]
fn the_committed_schema_is_current() {
    let path = root().join("schema/scenario.schema.json");
    let current = serde_json::to_string_pretty(&schema()).expect("it is plain data") + "\n";
    if env::var_os("INSTA_UPDATE").is_some_and(|mode| mode == "always") {
        fs::write(&path, &current).expect("the schema can be written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(current == committed, "run the tests with INSTA_UPDATE=always and commit the schema");
}

#[test]
fn what_the_parser_accepts_validates() {
    let schema = schema();
    let files = library().iter().map(|entry| (entry.id.to_owned(), entry.text.to_owned()));
    for (name, text) in files.chain(yaml_files("tests/ok")) {
        parse(&name, &text).unwrap_or_else(|report| panic!("{report}"));
        let value = yaml(&text).expect("it is YAML");
        let faults = validate(&schema, &value);
        assert!(faults.is_empty(), "{name}: {}", faults.join("\n"));
    }
}

#[test]
fn what_is_wrong_in_form_does_not_validate() {
    let schema = schema();
    let mut seen = 0;
    for (name, text) in yaml_files("tests/errors") {
        // These are well formed; what is wrong with them is beyond a schema.
        let beyond = name.starts_with("name-") || name.starts_with("text-");
        let Some(value) = yaml(&text) else { continue };
        assert_eq!(validate(&schema, &value).is_empty(), beyond, "{name}");
        seen += 1;
    }
    assert!(seen > 10, "only {seen} files were looked at");
}

/// As editors read it: by YAML 1.2, where `off` is text.
fn yaml(text: &str) -> Option<Value> {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).ok()
}
