//! Writes the reports of the fixed test runs to a directory, to look at them:
//! `cargo run -p muster-reports --example preview -- DIR`.

use std::path::PathBuf;

use muster_conformance::catalogue::Catalogue;
use muster_reports::{Error, console, write_all};

#[path = "../tests/main/load_run.rs"]
mod load_run;
#[path = "../tests/main/support.rs"]
mod support;

fn main() -> Result<(), Error> {
    let dir: PathBuf = std::env::args_os().nth(1).expect("the directory is named").into();
    write_all(&dir, &support::results())?;
    write_all(&dir.join("clean"), &support::clean_results())?;
    write_all(&dir.join("load"), &load_run::load_results())?;
    write_all(&dir.join("load-passed"), &load_run::passed_results())?;
    write_all(&dir.join("load-saturated"), &load_run::saturated_results())?;
    let mut out = std::io::stdout().lock();
    let catalogue = Catalogue::embedded();
    for results in [support::results(), load_run::load_results()] {
        console::write(&mut out, &results, catalogue, true).expect("stdout is open");
    }
    Ok(())
}
