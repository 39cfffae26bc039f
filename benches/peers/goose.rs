//! goose is a library: the bench builds a small program around it, in the system's temporary
//! folder, when a round needs it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const MANIFEST: &str = include_str!("goose/Cargo.toml");
const PROGRAM: &str = include_str!("goose/src/main.rs");

/// The goose of the manifest.
pub(crate) fn version() -> String {
    let line = MANIFEST.lines().find(|line| line.starts_with("goose ="));
    let version = line.and_then(|line| line.split('=').nth(3)?.split('"').next());
    format!("goose {}", version.unwrap_or_default())
}

/// Builds the program, or finds it built already; the compiler's last words when it cannot.
pub(crate) fn build() -> Result<PathBuf, String> {
    let folder = std::env::temp_dir().join("muster-peers-goose");
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        if fs::read_to_string(&file).is_ok_and(|old| old == text) {
            return Ok(());
        }
        fs::create_dir_all(folder.join("src"))?;
        fs::write(file, text)
    };
    write("Cargo.toml", MANIFEST)
        .and_then(|()| write("src/main.rs", PROGRAM))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    let built = Command::new("cargo")
        .args(["build", "--release", "--target-dir"])
        .arg(folder.join("target"))
        .current_dir(&folder)
        // Settings of the bench's own build do not reach it.
        .env_remove("RUSTFLAGS")
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if built.status.success() {
        return Ok(folder.join("target/release/goose-journey"));
    }
    let text = String::from_utf8_lossy(&built.stderr);
    let last = text.lines().rfind(|line| line.starts_with("error")).unwrap_or("no reason given");
    Err(format!("it cannot be built: {last}"))
}
