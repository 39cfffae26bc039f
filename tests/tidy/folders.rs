//! Paths of the repository as text, with `/` on every machine.

/// The folder of a file, ending in `/`, or nothing at the root.
pub(crate) fn parent(path: &str) -> String {
    path.rfind('/').map_or_else(String::new, |at| path[..=at].to_owned())
}

/// The folder in which the modules of a Rust file are looked for.
pub(crate) fn of_children(path: &str, is_crate_root: bool) -> String {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    if is_crate_root || stem == "mod" || stem.ends_with("/mod") {
        parent(path)
    } else {
        format!("{stem}/")
    }
}

/// `relative` seen from `folder`, with `.` and `..` resolved. Leaving the root gives a path that
/// starts with `..`.
pub(crate) fn join(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

#[test]
fn paths_are_resolved_as_text() {
    assert_eq!(join("docs/decisions/", "../journal.md"), "docs/journal.md");
    assert_eq!(join("", "../x"), "../x");
    assert_eq!(of_children("src/a.rs", false), "src/a/");
    assert_eq!(of_children("src/a/mod.rs", false), "src/a/");
    assert_eq!(of_children("src/main.rs", true), "src/");
    assert_eq!(of_children("build.rs", true), "");
}
