//! The files of the repository as a commit would hold them, read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs};

/// What a build or a run leaves behind, as in `.gitignore`.
const LEFT_OUT: &[&str] = &[".git", "target"];

/// Path from the root, with `/`, to the text. Files that are not UTF-8 are not listed.
pub(crate) type Files = BTreeMap<String, String>;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it for tests"))
}

/// Every text file.
pub(crate) fn files() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut files = Files::new();
        collect(&root(), "", &mut files);
        assert!(files.contains_key("Cargo.toml"), "the walk starts at the root");
        files
    })
}

/// Every Rust file.
pub(crate) fn rust() -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = files().iter().filter(|(path, _)| path.ends_with(".rs"));
    all.map(|(path, text)| (path.as_str(), text.as_str()))
}

fn collect(folder: &Path, prefix: &str, files: &mut Files) {
    for entry in fs::read_dir(folder).expect("a folder of the repository can be listed") {
        let path = entry.expect("a listed entry can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
        let shown = format!("{prefix}{name}");
        if LEFT_OUT.contains(&name) || shown == "out" || name.ends_with(".snap.new") {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{shown}/"), files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.insert(shown, text);
        }
    }
}
