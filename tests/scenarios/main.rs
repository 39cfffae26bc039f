//! One test per file of the library: what every scenario really does on the embedded server, in
//! virtual time, as a reviewed summary of its journal. The demonstrations pass over sockets, too.

mod exchange_line;
mod redaction;
mod summary;

use std::path::Path;
use std::process::{Command, Output};

use muster_journal::{Entry, Event, JourneyOutcome, Reader};

datatest_stable::harness! {
    { test = does_what_its_snapshot_shows, root = "scenarios/library", pattern = r"\.yaml$" },
    { test = passes_over_sockets, root = "scenarios/library/demo", pattern = r"\.yaml$" },
}

/// The same against the embedded server on loopback, whose clock is moved by its hook.
fn passes_over_sockets(file: &Path) -> datatest_stable::Result<()> {
    let run = Command::new(env!("CARGO_BIN_EXE_muster"))
        .arg("run")
        .arg(file)
        .args(["--scale", "1", "--target", "embedded", "--seed", "1", "--quiet"])
        .env("NO_COLOR", "1")
        .env_remove("MUSTER_LOG")
        .output()?;
    if run.status.success() { Ok(()) } else { Err(said(&run).into()) }
}

fn does_what_its_snapshot_shows(file: &Path) -> datatest_stable::Result<()> {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("run.journal");
    let run = Command::new(env!("CARGO_BIN_EXE_muster"))
        .arg("run")
        .arg(file)
        .args(["--scale", "1", "--virtual", "--seed", "1", "--quiet", "--journal"])
        .arg(&journal)
        .env("NO_COLOR", "1")
        .env_remove("MUSTER_LOG")
        .output()?;
    let mut reader = Reader::open(&journal).map_err(|error| format!("{error}\n{}", said(&run)))?;
    let header = reader.header().clone();
    let entries = reader.by_ref().collect::<Result<Vec<Entry>, _>>()?;
    // A run in which nothing could be tried has no checks, which is a failure of its own.
    if !run.status.success() && !is_lacking(&entries) {
        return Err(said(&run).into());
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name(file), summary::of(&header, &entries)));
    Ok(())
}

/// Whether the only thing wrong with a run is that the target lacks something, such as a hook.
fn is_lacking(entries: &[Entry]) -> bool {
    let mut outcomes = entries.iter().filter_map(|entry| match &entry.event {
        Event::JourneyFinished { outcome } => Some(outcome),
        _ => None,
    });
    let lacking = |outcome: &JourneyOutcome| match outcome {
        JourneyOutcome::NotRun { lacks } => !lacks.is_empty(),
        _ => false,
    };
    let first = outcomes.next();
    first.is_some_and(lacking) && outcomes.all(lacking)
}

/// The path below the library, as one word: `conformance__first-report`.
fn name(file: &Path) -> String {
    let below = file.strip_prefix("scenarios/library").unwrap_or(file).with_extension("");
    below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("__")
}

fn said(run: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    format!("muster ended with {}\n{out}{err}", run.status)
}
