//! Writes the reports of the fixed test run to a directory, to look at them:
//! `cargo run -p muster-reports --example preview -- DIR`.

use std::path::Path;
use std::process::ExitCode;

use muster_conformance::catalogue::Catalogue;

#[path = "../tests/main/support.rs"]
mod support;

fn main() -> ExitCode {
    let Some(dir) = std::env::args_os().nth(1) else { return ExitCode::FAILURE };
    let dir = Path::new(&dir);
    let written = muster_reports::write_all(dir, &support::results())
        .and_then(|_| muster_reports::write_all(&dir.join("clean"), &support::clean_results()));
    let mut out = std::io::stdout();
    let shown =
        muster_reports::console::write(&mut out, &support::results(), Catalogue::embedded(), true);
    if written.is_ok() && shown.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
