//! Names: files, types and functions are called after the domain; scenarios and platforms are
//! kebab-case, as their ids on the command line.

use crate::complaint::{Complaint, assert_tidy};
use crate::repository;
use crate::source::Source;

const RULES: &[&str] = &["file name", "type name", "function name", "data name"];

/// Files of this name collect what has no room.
const FILES: &[&str] = &[
    "utils.rs",
    "util.rs",
    "common.rs",
    "helpers.rs",
    "helper.rs",
    "types.rs",
    "manager.rs",
    "imp.rs",
    "misc.rs",
];

/// Endings that name no thing.
const ENDINGS: &[&str] = &["Manager", "Helper", "Helpers", "Util", "Utils", "Base", "Impl"];

/// Types whose thing has a name in the documents.
const TYPES: &[(&str, &str)] = &[
    ("Device", "the documents say `ProductInstance`"),
    ("Bot", "the documents say `SmartAgent`"),
    ("Worker", "the documents say `SmartAgent`"),
    ("Sku", "the documents say `EntitlementTag`"),
    ("FeatureFlag", "the documents say `EntitlementTag`"),
    ("LicenseKey", "the documents say `AuthorizationCode`"),
    ("Telemetry", "the documents say `RumReport`"),
];

/// Folders of data whose file names are ids, with the ending of their files.
const DATA: &[(&str, &str)] = &[("scenarios/library/", ".yaml"), ("sim/agent/platforms/", ".toml")];

#[test]
fn things_are_called_after_the_domain() {
    let mut complaints: Vec<_> =
        repository::rust().flat_map(|(path, text)| rust(path, text)).collect();
    complaints.extend(repository::files().keys().filter_map(|path| data(path)));
    assert_tidy(RULES, &complaints);
}

fn rust(path: &str, text: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut complain = |rule, line, what, remedy| {
        complaints.push(Complaint { rule, path: path.to_owned(), line, what, remedy });
    };
    let file = path.rsplit('/').next().expect("a split has a part");
    if FILES.contains(&file) {
        complain("file name", 1, format!("`{file}`"), "name the room by what it owns");
    }
    let source = Source::new(text);
    let tokens = source.tokens();
    for (at, pair) in tokens.windows(2).enumerate() {
        let [keyword, name] = pair else { continue };
        let (line, name) = (name.line, name.text);
        if keyword.text == "fn" && name.starts_with("get_") {
            complain("function name", line, format!("`{name}`"), "drop `get_`");
        }
        let is_test = tokens[..at].iter().rev().map(|token| token.text).take(2).eq(["]", "test"]);
        if keyword.text == "fn" && is_test && name.starts_with("test_") {
            complain("function name", line, format!("`{name}`"), "write a sentence, no `test_`");
        }
        if !["struct", "enum", "trait", "type", "union"].contains(&keyword.text) {
            continue;
        }
        if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            complain("type name", line, format!("`{name}`"), "say what it is, not that it is");
        }
        if let Some((_, remedy)) = TYPES.iter().find(|(banned, _)| *banned == name) {
            complain("type name", line, format!("`{name}`"), remedy);
        }
    }
    complaints
}

fn data(path: &str) -> Option<Complaint> {
    let (folder, ending) = DATA.iter().find(|(folder, _)| path.starts_with(folder))?;
    let id = path.strip_prefix(folder).and_then(|rest| rest.strip_suffix(ending));
    let fits = id.is_some_and(|id| id.split('/').all(is_kebab_case));
    (!fits).then(|| Complaint {
        rule: "data name",
        path: path.to_owned(),
        line: 1,
        what: format!("not a kebab-case name ending in `{ending}`"),
        remedy: "rename it; the path is the id",
    })
}

fn is_kebab_case(name: &str) -> bool {
    let allowed = |part: &str| part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.split('-').all(|part| !part.is_empty() && allowed(part))
}

#[test]
fn names_of_no_thing_are_found() {
    let broken = |path, text| rust(path, text).iter().map(|one| one.rule).collect::<Vec<_>>();
    assert_eq!(broken("src/utils.rs", ""), ["file name"]);
    assert_eq!(broken("src/a.rs", "struct TrustManager;\nfn get_it() {}"), {
        ["type name", "function name"]
    });
    assert_eq!(
        broken("src/a.rs", "#[test]\nfn test_a() {}\nfn test_policy() {}"),
        ["function name"]
    );
    assert_eq!(broken("src/a.rs", "enum Device {}\nfn target() {}"), ["type name"]);
    assert_eq!(broken("src/a.rs", "struct ProductInstance; // struct Device"), [""; 0]);
}

#[test]
fn data_names_are_ids() {
    assert!(data("scenarios/library/trust/first-trust.yaml").is_none());
    assert!(data("sim/agent/platforms/c9800-l.toml").is_none());
    assert!(data("scenarios/library/trust/first_trust.yaml").is_some());
    assert!(data("scenarios/library/Trust/first.yaml").is_some());
    assert!(data("sim/agent/platforms/c9800-l.tml").is_some());
}
