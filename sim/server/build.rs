//! Lists the deviations: every `src/defects/<area>/<name>.rs` becomes a module, a constant of
//! `Defect` and, in tests, a probe. The first paragraph of its header is its title.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What is called after no area: the probes' own code, and what tests compare with.
const OTHER_FOLDERS: [&str; 2] = ["probe", "snapshots"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/defects");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let listing = listing(&areas(&root.join("src/defects")));
    fs::write(out.join("defects.rs"), listing).expect("OUT_DIR is writable");
}

/// Area to deviation to file, both sorted.
fn areas(folder: &Path) -> BTreeMap<String, BTreeMap<String, PathBuf>> {
    let mut areas: BTreeMap<String, BTreeMap<String, PathBuf>> = BTreeMap::new();
    for area in entries(folder).into_iter().filter(|path| path.is_dir()) {
        if OTHER_FOLDERS.contains(&stem(&area).as_str()) {
            continue;
        }
        println!("cargo::rerun-if-changed={}", area.display());
        let deviations = areas.entry(stem(&area)).or_default();
        for file in entries(&area) {
            if file.extension().is_some_and(|extension| extension == "rs") {
                println!("cargo::rerun-if-changed={}", file.display());
                deviations.insert(stem(&file), file);
            }
        }
    }
    areas
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).expect("the folder of deviations can be read");
    listed.map(|entry| entry.expect("the folder of deviations can be read").path()).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().and_then(|stem| stem.to_str()).expect("names are ASCII").to_owned()
}

/// The first paragraph of the header, as a clause: `//! Takes it.` becomes `takes it`.
fn title(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a deviation can be read");
    let header = text.lines().map_while(|line| line.strip_prefix("//! "));
    let header = header.collect::<Vec<_>>().join(" ");
    let clause = header.trim_end_matches('.');
    let mut rest = clause.chars();
    match rest.next() {
        Some(first) => first.to_lowercase().chain(rest).collect(),
        None => panic!("{}: the header says what the server does wrong", file.display()),
    }
}

fn listing(areas: &BTreeMap<String, BTreeMap<String, PathBuf>>) -> String {
    let [mut text, mut constants, mut rows, mut probes] = [const { String::new() }; 4];
    let mut index = 0;
    for (area, deviations) in areas {
        writeln!(text, "#[doc = \"Deviations of the area `{area}`.\"]\nmod {area} {{")
            .expect("memory");
        for (name, file) in deviations {
            let path = file.display().to_string();
            writeln!(text, "    #[path = {path:?}]\n    pub(super) mod {name};").expect("memory");
            deviation(
                (area, name),
                (index, &title(file)),
                [&mut constants, &mut rows, &mut probes],
            );
            index += 1;
        }
        text.push_str("}\n");
    }
    write!(
        text,
        "impl Defect {{\n{constants}}}\n\
         static LISTED: &[Listed] = &[\n{rows}];\n\
         #[cfg(test)]\nstatic PROBES: &[(Defect, probe::Probe)] = &[\n{probes}];\n"
    )
    .expect("memory");
    text
}

fn deviation(
    (area, name): (&str, &str),
    (index, title): (u16, &str),
    [constants, rows, probes]: [&mut String; 3],
) {
    let (constant, shown) = (name.to_uppercase(), name.replace('_', "-"));
    writeln!(constants, "    #[doc = {title:?}]\n    pub const {constant}: Self = Self({index});")
        .expect("memory");
    let entry = format!("&{area}::{name}::DEFECT");
    writeln!(
        rows,
        "    Listed {{ area: {area:?}, name: {shown:?}, title: {title:?}, entry: {entry} }},"
    )
    .expect("memory");
    writeln!(probes, "    (Defect::{constant}, {area}::{name}::conforms),").expect("memory");
}
