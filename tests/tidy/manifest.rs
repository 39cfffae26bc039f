//! The part of a `Cargo.toml` that the dependency rules need, read line by line.

/// One dependency as a manifest names it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dependency<'a> {
    /// The crate.
    pub(crate) name: &'a str,
    /// Its line, counted from 1.
    pub(crate) line: usize,
    /// Named under `[dev-dependencies]`.
    pub(crate) dev: bool,
    /// Whether version and source come from the root.
    pub(crate) inherited: bool,
}

/// The dependencies of all kinds. Only `[kind]` tables with one line per crate are understood:
/// any other way of naming one is reported as not inherited.
pub(crate) fn dependencies(text: &str) -> Vec<Dependency<'_>> {
    let mut table = "";
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line_number = number + 1;
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            table = header.trim_end_matches(']');
            if let Some((_, name)) = table.rsplit_once("dependencies.") {
                found.push(Dependency {
                    name,
                    line: line_number,
                    dev: table.contains("dev-dependencies"),
                    inherited: false,
                });
            }
            continue;
        }
        let of_dependencies = table.ends_with("dependencies") && table != "workspace.dependencies";
        let Some((key, value)) = line.split_once('=').filter(|_| of_dependencies) else {
            continue;
        };
        if line.starts_with('#') {
            continue;
        }
        let key = key.trim();
        let name = key.strip_suffix(".workspace").unwrap_or(key);
        let from_root = key.ends_with(".workspace") || value.contains("workspace = true");
        found.push(Dependency {
            name,
            line: line_number,
            dev: table.ends_with("dev-dependencies"),
            inherited: from_root && !value.contains("version"),
        });
    }
    found
}

/// The value of the first `key = "value"` of the manifest's `[package]`.
pub(crate) fn package_name(text: &str) -> Option<&str> {
    let package = text.split("[package]").nth(1)?;
    let line = package.lines().find(|line| line.trim_start().starts_with("name"))?;
    line.split('"').nth(1)
}

#[test]
fn dependencies_are_read_with_their_kind_and_source() {
    let text = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\nb = \"1\"\n\
                # c = \"1\"\nd = { workspace = true, features = [\"e\"] }\n\
                [target.'cfg(unix)'.dev-dependencies]\nf = { version = \"1\" }\n\
                [dependencies.g]\nversion = \"1\"\n[lints]\nworkspace = true\n";
    let read: Vec<_> = dependencies(text)
        .into_iter()
        .map(|one| (one.name, one.line, one.dev, one.inherited))
        .collect();
    let expected = [
        ("a", 4, false, true),
        ("b", 5, false, false),
        ("d", 7, false, true),
        ("f", 9, true, false),
        ("g", 10, false, false),
    ];
    assert_eq!(read, expected);
    assert_eq!(package_name(text), Some("x"));
}
