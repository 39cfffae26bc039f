//! Lists the checks: every `src/checks/<area>/<name>.rs` becomes a module and an entry of `ALL`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/checks");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let listing = listing(&areas(&root.join("src/checks")));
    fs::write(out.join("checks.rs"), listing).expect("OUT_DIR is writable");
}

/// Area to check name to file, both sorted.
fn areas(folder: &Path) -> BTreeMap<String, BTreeMap<String, PathBuf>> {
    let mut areas: BTreeMap<String, BTreeMap<String, PathBuf>> = BTreeMap::new();
    for area in entries(folder).into_iter().filter(|path| path.is_dir()) {
        println!("cargo::rerun-if-changed={}", area.display());
        let checks = areas.entry(stem(&area)).or_default();
        for file in entries(&area) {
            if file.extension().is_some_and(|extension| extension == "rs") {
                checks.insert(stem(&file), file);
            }
        }
    }
    areas
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).expect("the folder of checks can be read");
    listed.map(|entry| entry.expect("the folder of checks can be read").path()).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().and_then(|stem| stem.to_str()).expect("names are ASCII").to_owned()
}

fn listing(areas: &BTreeMap<String, BTreeMap<String, PathBuf>>) -> String {
    let mut text = String::new();
    let mut all = String::new();
    for (area, checks) in areas {
        writeln!(text, "#[doc = \"Checks of the area `{area}`.\"]\npub mod {area} {{")
            .expect("memory");
        for (name, file) in checks {
            writeln!(text, "    #[path = {:?}]\n    pub mod {name};", file.display().to_string())
                .expect("memory");
            let id = format!("{area}/{name}");
            let check = format!("&{area}::{name}::CHECK");
            writeln!(all, "    Listed {{ id: {id:?}, area: {area:?}, check: {check} }},")
                .expect("memory");
        }
        text.push_str("}\n");
    }
    write!(text, "/// Every check, by id.\npub static ALL: &[Listed] = &[\n{all}];\n")
        .expect("memory");
    text
}
