//! Lists `platforms/*.toml` for embedding, so that a new platform is one new file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=platforms");
    let manifest = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts");
    let folder = Path::new(&manifest).join("platforms");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder of platforms is part of this crate")
        .map(|entry| entry.expect("a listed entry can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let mut list = String::from("&[\n");
    for file in files {
        let name = file.file_stem().expect("a file has a name").to_string_lossy();
        let path = file.to_string_lossy();
        writeln!(list, "    ({name:?}, include_str!({path:?})),").expect("a string takes text");
    }
    list.push_str("]\n");
    let out = env::var_os("OUT_DIR").expect("cargo sets it for build scripts");
    fs::write(Path::new(&out).join("platforms.rs"), list).expect("the output folder is writable");
}
