//! Puts every file of `library/` into the crate, so that adding a scenario is adding a file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=library");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut files = Vec::new();
    collect(&root.join("library"), &mut files)?;
    // Ids are ordered without the ending: `a` stands before `a-b`.
    files.sort_by_key(|path| path.with_extension(""));
    let mut code = String::from("static LIBRARY: &[LibraryEntry] = &[\n");
    for path in files {
        let file = path.strip_prefix(&root).expect("it was found below the root");
        let file = file.to_str().expect("library files have ASCII names").replace('\\', "/");
        let id = file.trim_start_matches("library/").trim_end_matches(".yaml");
        let path = path.to_str().expect("the crate's path is text");
        writeln!(
            code,
            "    LibraryEntry {{ id: {id:?}, file: {file:?}, text: include_str!({path:?}) }},"
        )
        .expect("writing to a String cannot fail");
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("library.rs"), code)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
