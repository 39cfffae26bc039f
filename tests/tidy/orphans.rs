//! Orphans: a `.rs` file that no `mod` names compiles silently, that is, never.

use std::collections::BTreeSet;

use crate::complaint::{Complaint, assert_tidy};
use crate::folders;
use crate::repository::{self, Files};
use crate::source::Source;

const RULES: &[&str] = &["orphan"];

#[test]
fn every_rust_file_is_compiled() {
    let files = repository::files();
    assert_tidy(RULES, &judge(files));
}

fn judge(files: &Files) -> Vec<Complaint> {
    let rust = || files.keys().filter(|path| path.ends_with(".rs"));
    let mut reached = BTreeSet::new();
    for root in rust().filter(|path| is_root(files, path)) {
        reach(files, root, &mut reached);
    }
    let orphans = rust().filter(|path| !reached.contains(path.as_str()));
    orphans
        .map(|path| Complaint {
            rule: "orphan",
            path: path.clone(),
            line: 1,
            what: "no `mod` leads here".to_owned(),
            remedy: "declare it in its parent, or delete it",
        })
        .collect()
}

/// Whether cargo or a build script compiles this file without being asked to by a `mod`.
fn is_root(files: &Files, path: &str) -> bool {
    if is_listed_by_build_script(path) {
        return true;
    }
    let crates = files.keys().filter_map(|path| path.strip_suffix("Cargo.toml"));
    let inside: Vec<_> = crates.filter_map(|folder| path.strip_prefix(folder)).collect();
    let Some(path) = inside.into_iter().min_by_key(|rest| rest.len()) else { return false };
    matches!(
        path.split('/').collect::<Vec<_>>()[..],
        ["build.rs"]
            | ["src", "lib.rs" | "main.rs"]
            | ["src", "bin", _]
            | ["src", "bin", _, "main.rs"]
            | ["tests" | "benches" | "examples" | "fuzz_targets", _]
            | ["tests" | "benches" | "examples", _, "main.rs"]
    )
}

/// Folders of `<area>/<name>.rs`, and nothing deeper, that a `build.rs` lists.
const LISTED: [&str; 2] = ["conformance/src/checks/", "sim/server/src/defects/"];

fn is_listed_by_build_script(path: &str) -> bool {
    let listed = LISTED.iter().find_map(|folder| path.strip_prefix(folder));
    // The probes' own code has a `mod` as any other.
    listed.is_some_and(|rest| rest.matches('/').count() == 1 && !rest.starts_with("probe/"))
}

fn reach(files: &Files, path: &str, reached: &mut BTreeSet<String>) {
    let Some(text) = files.get(path) else { return };
    if !reached.insert(path.to_owned()) {
        return;
    }
    let own = folders::of_children(path, is_crate_root_file(files, path));
    for module in modules(text) {
        let folder = module.inside.iter().fold(own.clone(), |base, name| format!("{base}{name}/"));
        if let Some(named) = module.path {
            let beside = folders::parent(path);
            reach(files, &folders::join(&beside, &named), reached);
        } else {
            reach(files, &format!("{folder}{}.rs", module.name), reached);
            reach(files, &format!("{folder}{}/mod.rs", module.name), reached);
        }
    }
}

fn is_crate_root_file(files: &Files, path: &str) -> bool {
    is_root(files, path) && !is_listed_by_build_script(path)
}

/// One `mod name;`.
struct Declaration {
    name: String,
    /// The inline modules around it, outermost first.
    inside: Vec<String>,
    /// The value of `#[path = "..."]`.
    path: Option<String>,
}

fn modules(text: &str) -> Vec<Declaration> {
    let source = Source::new(text);
    let tokens = source.tokens();
    let mut found = Vec::new();
    let (mut depth, mut inline) = (0_usize, Vec::<(usize, String)>::new());
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inline.retain(|(opened, _)| *opened <= depth);
            }
            "mod" => match tokens.get(at + 1..at + 3) {
                Some([name, sign]) if sign.text == "{" => {
                    inline.push((depth + 1, name.text.to_owned()));
                }
                Some([name, sign]) if sign.text == ";" => found.push(Declaration {
                    name: name.text.to_owned(),
                    inside: inline.iter().map(|(_, name)| name.clone()).collect(),
                    path: path_attribute(text, token.line),
                }),
                _ => {}
            },
            _ => {}
        }
    }
    found
}

/// The `#[path = "..."]` on the line of a `mod` or the line above.
fn path_attribute(text: &str, line: usize) -> Option<String> {
    let near = text.lines().skip(line.saturating_sub(2)).take(2.min(line));
    let value = near.filter_map(|line| line.split_once("#[path = \"")).last()?.1;
    value.split('"').next().map(str::to_owned)
}

#[test]
fn a_file_that_no_mod_names_is_found() {
    let texts = [
        ("Cargo.toml", ""),
        ("src/main.rs", "mod a; mod b { mod c; }\n#[path = \"odd/name.rs\"]\nmod d;"),
        ("src/a.rs", "// mod lost;\nmod e;"),
        ("src/a/e.rs", ""),
        ("src/b/c/mod.rs", "mod f;"),
        ("src/b/c/f.rs", ""),
        ("src/odd/name.rs", ""),
        ("src/lost.rs", ""),
        ("tests/main.rs", "mod g;"),
        ("tests/g.rs", ""),
        ("tests/h/main.rs", "mod i;"),
        ("tests/h/i.rs", ""),
        ("tests/h/lost.rs", ""),
        ("conformance/Cargo.toml", ""),
        ("conformance/src/lib.rs", ""),
        ("conformance/src/checks/trust/one.rs", ""),
        ("conformance/src/checks/trust/lost/two.rs", ""),
    ];
    let files = texts.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    let orphans: Vec<_> = judge(&files).into_iter().map(|one| one.path).collect();
    let expected = ["conformance/src/checks/trust/lost/two.rs", "src/lost.rs", "tests/h/lost.rs"];
    assert_eq!(orphans, expected);
}
