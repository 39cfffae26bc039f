//! A whole run: target, plan, sinks, verdict, reports.

use std::path::Path;
use std::rc::Rc;

use muster_conformance::{Catalogue, Judge, Results};
use muster_fleet::log::Log;
use muster_fleet::program::Program;
use muster_fleet::transport::ClientOptions;
use muster_fleet::{HostPolicy, Plan, RunSummary, Target, real_run, virtual_run};
use muster_journal::{FileWriter, Header, Redactor, Sink, TimeMode};
use muster_server::ClockSource;

use crate::cli::{HarnessArgs, ReportArgs};
use crate::embedded::{self, Embedded};
use crate::error::Error;
use crate::exit_code::Exit;
use crate::interrupt::Interrupt;
use crate::output;
use crate::progress::Progress;
use crate::virtual_peer::MemoryPeer;

/// Where virtual time begins: 2026-01-01T00:00:00Z, so that the same seed gives the same bytes.
const VIRTUAL_START_MS: u64 = 1_767_225_600_000;

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) results: Results,
    pub(crate) summary: RunSummary,
}

/// Plays `scenarios` as the arguments say.
pub(crate) fn run(
    scenarios: Vec<Rc<Program>>,
    scale: u32,
    args: &HarnessArgs,
) -> Result<Ran, Error> {
    let seed = args.seed.unwrap_or_else(random_seed);
    let defects = embedded::defects(&args.defects)?;
    let on_embedded = args.target == "embedded";
    if !on_embedded && (args.simulated || !defects.is_empty()) {
        let wrong = "--virtual and --defect need the embedded target; leave out --target";
        return Err(Error::Arguments(wrong.to_owned()));
    }
    let time = if args.simulated { "virtual time" } else { "real time" };
    output::note(&format!(
        "muster {}: {} scenario(s) x {scale}, target {}, {time}, seed {seed}",
        env!("CARGO_PKG_VERSION"),
        scenarios.len(),
        args.target,
    ));
    let hosts = HostPolicy { allowed: args.allowed_hosts.clone() };
    let plan = |target| Plan {
        target: Rc::new(target),
        scenarios,
        scale,
        seed,
        in_flight_max: args.in_flight,
    };
    let interrupt = Interrupt::listen();
    if args.simulated {
        let clock = ClockSource::Manual { start_ms: VIRTUAL_START_MS };
        let server = embedded::server(seed, defects, clock)?;
        let (mut peer, target) = MemoryPeer::new(server, seed)?;
        let plan = plan(target);
        let header = plan.header(TimeMode::Virtual, VIRTUAL_START_MS, env!("CARGO_PKG_VERSION"));
        return observed(&plan, &header, args, |log| {
            let stop = || interrupt.is_raised();
            Ok(virtual_run::run(&plan, VIRTUAL_START_MS, &mut peer, log, &stop)?)
        });
    }
    let mut server = None;
    let target = if on_embedded {
        server.insert(Embedded::start(seed, defects)?).target.clone()
    } else {
        Target::load(Path::new(&args.target), &hosts)?
    };
    let plan = plan(target);
    let client = real_run::client(&plan, ClientOptions::default())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Bug(format!("no runtime: {error}")))?;
    // Before any file is opened: a target that is down leaves nothing behind.
    let clock = runtime.block_on(real_run::reach(&plan, &client))?;
    let header = plan.header(TimeMode::Real, clock.now_ms(), env!("CARGO_PKG_VERSION"));
    observed(&plan, &header, args, |log| {
        let stop = || interrupt.is_raised();
        Ok(runtime.block_on(real_run::run(&plan, &client, clock, log, &stop))?)
    })
}

/// Runs with every sink attached, then adds up.
fn observed(
    plan: &Plan,
    header: &Header,
    args: &HarnessArgs,
    play: impl FnOnce(&mut Log<'_>) -> Result<RunSummary, Error>,
) -> Result<Ran, Error> {
    let expectations = crate::command::recheck::expectations(&args.expectations)?;
    let baseline = crate::command::recheck::baseline(&args.expectations)?;
    let mut judge = Judge::new();
    let mut progress = Progress::new(plan.journeys(), args.quiet);
    let mut journals = Vec::new();
    for path in journal_paths(&args.reports)? {
        let redactor = Redactor::new(plan.target.secrets());
        journals.push(FileWriter::create(path, header, redactor)?);
    }
    let played = {
        let mut sinks: Vec<&mut dyn Sink> = vec![&mut judge, &mut progress];
        sinks.extend(journals.iter_mut().map(|journal| journal as &mut dyn Sink));
        play(&mut Log::new(sinks))
    };
    progress.finish();
    for journal in journals {
        journal.finish()?;
    }
    let summary = played?;
    let redactor = Redactor::new(plan.target.secrets());
    let mut results = without_secrets(&judge.finish(header), &redactor)?;
    crate::command::recheck::compare(&mut results, expectations.as_ref(), baseline.as_ref());
    Ok(Ran { results, summary })
}

/// The results without secrets: evidence quotes what was sent, and findings may be shown anywhere.
fn without_secrets(results: &Results, redactor: &Redactor) -> Result<Results, Error> {
    let unfit = |error: serde_json::Error| Error::Bug(format!("results without secrets: {error}"));
    let text = serde_json::to_vec(results).map_err(unfit)?;
    serde_json::from_slice(&redactor.body(&text)).map_err(unfit)
}

/// Shows the results, writes what was asked for, and says how it all ended.
pub(crate) fn report(results: &Results, reports: &ReportArgs, colour: bool) -> Result<Exit, Error> {
    let mut shown = Vec::new();
    let catalogue = Catalogue::embedded();
    muster_reports::console::write(&mut shown, results, catalogue, colour)
        .map_err(|error| Error::Report(error.to_string()))?;
    output::print(&String::from_utf8_lossy(&shown))?;
    let failed = |error: muster_reports::Error| Error::Report(error.to_string());
    if let Some(folder) = &reports.report {
        muster_reports::write_all(folder, results).map_err(failed)?;
    }
    if let Some(path) = &reports.json {
        output::write_file(path, &muster_reports::json::render(results))?;
    }
    if let Some(path) = &reports.junit {
        output::write_file(path, &muster_reports::junit::render(results).map_err(failed)?)?;
    }
    if let Some(path) = &reports.html {
        let text = muster_reports::html::render(results, catalogue).map_err(failed)?;
        output::write_file(path, &text)?;
    }
    if let Some(folder) = &reports.report {
        output::note(&format!("reports and journal are in {}", folder.display()));
    }
    Ok(results.exit().into())
}

fn journal_paths(reports: &ReportArgs) -> Result<Vec<std::path::PathBuf>, Error> {
    let mut paths: Vec<_> = reports.journal.iter().cloned().collect();
    paths.iter().try_for_each(|path| output::make_folder_of(path))?;
    if let Some(folder) = &reports.report {
        std::fs::create_dir_all(folder).map_err(|error| Error::file(folder, &error))?;
        paths.push(folder.join("run.journal.zst"));
    }
    Ok(paths)
}

/// A fresh seed, short enough to type.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0) % 1_000_000_000
}
