//! Who may depend on whom: an allow-list, so that a new arrow is a decision and not an accident.

use crate::complaint::{Complaint, assert_tidy};
use crate::manifest::{self, Dependency};
use crate::repository;

const RULES: &[&str] = &["arrow", "foreign", "version", "crate"];

/// One crate of the workspace.
struct Room {
    folder: &'static str,
    /// Which of ours it may name, without `muster-`; `*` is every one.
    may_import: &'static [&'static str],
    /// Which more its tests may name.
    tests_may_import: &'static [&'static str],
    /// Sans-I/O: no runtime, no HTTP stack, no clock, no chance.
    pure: bool,
}

const fn room(folder: &'static str, may_import: &'static [&'static str], pure: bool) -> Room {
    Room { folder, may_import, tests_may_import: &[], pure }
}

/// The table of ARCHITECTURE.md, "Rooms and arrows".
const ROOMS: &[Room] = &[
    room("", &["*"], false),
    room("sim/wire", &[], true),
    room("certs", &[], true),
    room("sim/agent", &["wire", "certs"], true),
    room("sim/journal", &["wire"], true),
    room("scenarios", &["wire"], true),
    room("sim/fleet", &["wire", "certs", "agent", "journal", "scenarios"], false),
    room("sim/server", &["wire", "certs"], false),
    Room {
        folder: "conformance",
        may_import: &["wire", "journal"],
        // Its detection power is measured by runs of the real fleet against the real server.
        tests_may_import: &["*"],
        pure: true,
    },
    // `wire` opens the evidence of a finding for the reader.
    room("reports", &["journal", "conformance", "wire"], false),
];

/// What a pure crate may not reach for, together with everything named `<one of these>-...`.
const IMPURE: &[&str] =
    &["tokio", "hyper", "axum", "reqwest", "rand", "getrandom", "fastrand", "chrono", "time"];

/// Crates that only some folders may name, and why.
const CONFINED: &[(&str, &[&str], &str)] = &[
    ("anyhow", &[], "define an error type with fields in error.rs"),
    ("eyre", &[], "define an error type with fields in error.rs"),
    ("miette", &["", "scenarios"], "only scenarios and the command line render diagnostics"),
    ("clap", &[""], "only the command line reads arguments"),
    ("indicatif", &[""], "only the command line shows progress"),
];

#[test]
fn crates_depend_on_each_other_as_the_table_says() {
    let mut complaints = Vec::new();
    for (path, text) in repository::files() {
        let Some(folder) = path.strip_suffix("Cargo.toml") else { continue };
        complaints.extend(judge(folder.trim_end_matches('/'), text));
    }
    for room in ROOMS {
        let path = format!("{}/Cargo.toml", room.folder);
        let path = path.trim_start_matches('/');
        assert!(repository::files().contains_key(path), "{path} is in the table, not on disk");
    }
    assert_tidy(RULES, &complaints);
}

fn judge(folder: &str, text: &str) -> Vec<Complaint> {
    let path = format!("{folder}/Cargo.toml").trim_start_matches('/').to_owned();
    let complain =
        |rule, line, what, remedy| Complaint { rule, path: path.clone(), line, what, remedy };
    let Some(room) = ROOMS.iter().find(|room| room.folder == folder) else {
        let what = format!("`{folder}` is not in the table of rooms");
        let remedy = "add a row to tests/tidy/dependencies.rs and to ARCHITECTURE.md";
        return vec![complain("crate", 1, what, remedy)];
    };
    let mut complaints = Vec::new();
    if !text.contains("[lints]\nworkspace = true") {
        let remedy = "add `[lints]` with `workspace = true`";
        complaints.push(complain("crate", 1, "no workspace lints".to_owned(), remedy));
    }
    for dependency in manifest::dependencies(text) {
        let (line, name) = (dependency.line, dependency.name);
        if !dependency.inherited {
            let what = format!("`{name}` is not inherited from the workspace");
            let remedy = "give its version in the root Cargo.toml and write `.workspace = true`";
            complaints.push(complain("version", line, what, remedy));
        }
        if !arrow_is_allowed(room, &dependency) {
            let what = format!("`{folder}` may not import `{name}`");
            let remedy = "move the code to the room that may, or pass the data in";
            complaints.push(complain("arrow", line, what, remedy));
        }
        if room.pure && !dependency.dev && IMPURE.iter().any(|one| is_or_extends(name, one)) {
            let what = format!("`{folder}` is sans-I/O and names `{name}`");
            let remedy = "pass time, seed and bytes in; I/O belongs to fleet and server";
            complaints.push(complain("foreign", line, what, remedy));
        }
        let confined = CONFINED.iter().find(|(one, ..)| *one == name);
        if let Some((_, _, remedy)) = confined.filter(|(_, rooms, _)| !rooms.contains(&folder)) {
            complaints.push(complain(
                "foreign",
                line,
                format!("`{folder}` names `{name}`"),
                remedy,
            ));
        }
    }
    complaints
}

fn arrow_is_allowed(room: &Room, dependency: &Dependency<'_>) -> bool {
    let Some(ours) = dependency.name.strip_prefix("muster-") else { return true };
    let listed = |list: &[&str]| list.iter().any(|one| *one == "*" || *one == ours);
    listed(room.may_import) || (dependency.dev && listed(room.tests_may_import))
}

fn is_or_extends(name: &str, root: &str) -> bool {
    name.strip_prefix(root).is_some_and(|tail| tail.is_empty() || tail.starts_with(['-', '_']))
}

#[test]
fn every_crate_of_ours_is_inherited_by_its_name() {
    for room in ROOMS.iter().filter(|room| !room.folder.is_empty()) {
        let path = format!("{}/Cargo.toml", room.folder);
        let text = &repository::files()[&path];
        let last = room.folder.rsplit('/').next().expect("a split has a part");
        assert_eq!(manifest::package_name(text), Some(format!("muster-{last}").as_str()));
    }
}

#[test]
fn the_architecture_shows_this_table() {
    let text = &repository::files()["ARCHITECTURE.md"];
    for room in ROOMS {
        let folder = if room.folder.is_empty() { "src" } else { room.folder };
        let arrows = match room.may_import {
            [] => "nothing".to_owned(),
            ["*"] => "all".to_owned(),
            some => some.join(", "),
        };
        let is_row = |line: &&str| line.starts_with(&format!("| `{folder}` |"));
        let row = text.lines().find(is_row).unwrap_or_default();
        assert!(row.ends_with(&format!("| {arrows} |")), "ARCHITECTURE.md, `{folder}`: {arrows}");
    }
}

#[test]
fn a_wrong_arrow_is_found() {
    let broken = |folder, text: &str| {
        let text = format!("{text}\n[lints]\nworkspace = true\n");
        judge(folder, &text).iter().map(|one| one.rule).collect::<Vec<_>>()
    };
    let server = "[dependencies]\nmuster-agent.workspace = true";
    assert_eq!(broken("sim/server", server), ["arrow"]);
    assert_eq!(broken("sim/fleet", server), [""; 0]);
    let tests = "[dev-dependencies]\nmuster-fleet.workspace = true";
    assert_eq!(broken("conformance", tests), [""; 0]);
    assert_eq!(broken("reports", tests), ["arrow"]);
    assert_eq!(broken("sim/agent", "[dependencies]\ntokio-util.workspace = true"), ["foreign"]);
    assert_eq!(broken("sim/agent", "[dependencies]\ntimeout.workspace = true"), [""; 0]);
    assert_eq!(broken("sim/server", "[dependencies]\nanyhow.workspace = true"), ["foreign"]);
    assert_eq!(broken("certs", "[dependencies]\nslab = \"1\""), ["version"]);
    assert_eq!(broken("sim/new", ""), ["crate"]);
    assert_eq!(judge("certs", "").iter().map(|one| one.rule).collect::<Vec<_>>(), ["crate"]);
}
