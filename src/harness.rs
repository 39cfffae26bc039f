//! A whole run: target, plan, sinks, verdict, reports.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use muster_conformance::{Catalogue, Expectations, Judge, Results};
use muster_fleet::log::Log;
use muster_fleet::program::Program;
use muster_fleet::real_run::Lines;
use muster_fleet::saved_fleet::SavedFleet;
use muster_fleet::transport::{Client, ClientOptions};
use muster_fleet::{HostPolicy, Plan, RunSummary, SigningMode, Target, real_run, virtual_run};
use muster_journal::{FileWriter, Header, Redactor, Sink, TimeMode};
use muster_scenarios::model::Scenario;
use muster_server::Defect;

use crate::cli::{HarnessArgs, LoadArgs, ReportArgs};
use crate::command::recheck;
use crate::embedded::{self, Embedded};
use crate::error::Error;
use crate::exit_code::Exit;
use crate::interrupt::Interrupt;
use crate::load_run::{self, LoadRun, On};
use crate::output;
use crate::progress::Progress;
use crate::shards::Figures;
use crate::virtual_peer::MemoryPeer;

/// Where virtual time begins: 2026-01-01T00:00:00Z, so that the same seed gives the same bytes.
pub(crate) const VIRTUAL_START_MS: u64 = 1_767_225_600_000;

/// Longest wait for the answer to one knock, milliseconds.
const REACH_MS_MAX: u64 = 10_000;

/// So many exchanges in a row without an answer and the target counts as gone: more than any
/// scenario provokes on purpose, and few enough that a dead server does not cost an hour.
const UNANSWERED_MAX: u32 = 8;

/// What is known of the target beforehand.
pub(crate) struct Known {
    expectations: Option<Expectations>,
    baseline: Option<BTreeSet<String>>,
}

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) results: Results,
    pub(crate) summary: RunSummary,
}

/// What is to be played.
pub(crate) struct Wanted<'a> {
    pub(crate) scenarios: Vec<Rc<Program>>,
    /// Replicas; none: as the scenarios say.
    pub(crate) scale: Option<u32>,
    pub(crate) args: &'a HarnessArgs,
    /// How a fleet is run at scale, where the command offers it.
    pub(crate) load: Option<&'a LoadArgs>,
}

/// Plays scenarios as the arguments say.
pub(crate) fn run(wanted: Wanted<'_>) -> Result<Ran, Error> {
    let Wanted { scenarios, scale, args, load } = wanted;
    // Before anything is reached or started: a wrong file is the graver error.
    let known = Known {
        expectations: recheck::expectations(&args.expectations)?,
        baseline: recheck::baseline(&args.expectations)?,
    };
    let seed = args.seed.unwrap_or_else(random_seed);
    let defects = embedded::defects(&args.defects)?;
    let on_embedded = args.target == "embedded";
    if !on_embedded && (args.simulated || !defects.is_empty()) {
        let wrong = "--virtual and --defect need the embedded target; leave out --target";
        return Err(Error::Arguments(wrong.to_owned()));
    }
    let first = load.map_or(0, |load| load.first);
    let load = match load {
        Some(load) => load.counting(is_load(&scenarios, scale), on_embedded, args.simulated)?,
        None => None,
    };
    let fleet = load.and_then(|load| load.load_fleet.as_deref()).map(read_fleet).transpose()?;
    // Identities follow from seed and run id: those of the run that saved the fleet.
    let (seed, run_id) = match &fleet {
        Some(fleet) => (fleet.seed, Some(fleet.run_id.clone())),
        None => (seed, args.run_id.clone()),
    };
    announce(&scenarios, scale, args, seed);
    let run_id = run_id.unwrap_or_else(|| default_run_id(on_embedded));
    let figures = Figures { first, seed, run_id, ..figures(&scenarios, scale, args, load) };
    let interrupt = Interrupt::listen();
    if args.simulated {
        return run_simulated(scenarios, figures, args, load, &known, defects, interrupt);
    }
    let mut server = None;
    let target = if on_embedded {
        server.insert(Embedded::start(seed, defects, figures.signing)?).target.clone()
    } else {
        let hosts = HostPolicy { allowed: args.allowed_hosts.clone() };
        Target::load(Path::new(&args.target), &hosts)?
    };
    let mut plan = figures.plan(Rc::new(target), scenarios);
    plan.is_load = load.is_some();
    let (client, knock) = clients(&plan, args)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Bug(format!("no runtime: {error}")))?;
    // Before any file is opened: a target that is down leaves nothing behind.
    let mut clock = runtime.block_on(real_run::reach(&plan, &knock))?;
    if let Some(fleet) = &fleet {
        clock = clock.not_before(fleet.saved_at_ms);
    }
    let header = header(&plan, TimeMode::Real, clock.now_ms(), args);
    if let Some(load) = load {
        let of = LoadRun { plan: &plan, figures, header, interrupt, args, load, fleet };
        return of.run(if on_embedded { On::Embedded(clock) } else { On::Target(clock) }, &known);
    }
    let lines = Lines::single(client);
    observed(&plan, &header, args, &known, |log| {
        let stop = || interrupt.is_raised();
        Ok(runtime.block_on(real_run::run(&plan, &lines, clock, log, &stop))?)
    })
}

/// The figures that follow from the scenarios and whether they are a load.
fn figures(
    scenarios: &[Rc<Program>],
    scale: Option<u32>,
    args: &HarnessArgs,
    load: Option<&LoadArgs>,
) -> Figures {
    let all: Vec<_> = scenarios.iter().map(|program| &program.scenario).collect();
    let is_load = load.is_some();
    Figures {
        scale: scale.or(if is_load { None } else { Some(1) }),
        first: 0,
        signing: signing(load),
        seed: 0,
        run_id: String::new(),
        unanswered_max: if is_load { u32::MAX } else { UNANSWERED_MAX },
        in_flight_max: args.in_flight.unwrap_or_else(|| {
            if is_load { load_run::in_flight(&all) } else { load_run::IN_FLIGHT }
        }),
    }
}

/// Plays in virtual time against the embedded server in memory.
fn run_simulated(
    scenarios: Vec<Rc<Program>>,
    figures: Figures,
    args: &HarnessArgs,
    load: Option<&LoadArgs>,
    known: &Known,
    defects: Vec<Defect>,
    interrupt: Interrupt,
) -> Result<Ran, Error> {
    let Figures { seed, signing, .. } = figures;
    let (mut peer, target) = MemoryPeer::start(seed, signing, &defects, VIRTUAL_START_MS)?;
    let mut plan = figures.plan(Rc::new(target), scenarios);
    plan.is_load = load.is_some();
    let header = header(&plan, TimeMode::Virtual, VIRTUAL_START_MS, args);
    let Some(load) = load else {
        return observed(&plan, &header, args, known, |log| {
            let stop = || interrupt.is_raised();
            Ok(virtual_run::run(&plan, VIRTUAL_START_MS, &mut peer, log, &stop)?)
        });
    };
    let of = LoadRun { plan: &plan, figures, header, interrupt, args, load, fleet: None };
    of.run(On::Memory(defects), known)
}

/// Whether a fleet plays: one replica is a scenario being looked at, and a load of one would say
/// nothing.
fn is_load(scenarios: &[Rc<Program>], scale: Option<u32>) -> bool {
    let says = |one: &Scenario| one.load.is_some() || !one.gates.is_empty();
    scale != Some(1) && scenarios.iter().any(|one| says(&one.scenario))
}

/// One line that says what is about to be run.
fn announce(scenarios: &[Rc<Program>], scale: Option<u32>, args: &HarnessArgs, seed: u64) {
    let time = if args.simulated { "virtual time" } else { "real time" };
    let loads = scenarios.iter().filter_map(|one| one.scenario.load.as_ref());
    let scale = scale.or_else(|| loads.map(|load| load.instances).max()).unwrap_or(1);
    output::note(&format!(
        "muster {}: {} scenario(s) x {scale}, target {}, {time}, seed {seed}",
        env!("CARGO_PKG_VERSION"),
        scenarios.len(),
        args.target,
    ));
}

fn read_fleet(path: &Path) -> Result<Arc<SavedFleet>, Error> {
    let fleet = SavedFleet::read(path);
    fleet.map(Arc::new).map_err(|error| Error::Arguments(format!("--load-fleet {error}")))
}

/// How instances sign. A load that nobody compares byte by byte signs faster.
fn signing(load: Option<&LoadArgs>) -> SigningMode {
    match load {
        Some(load) if load.unsigned => SigningMode::Placeholder,
        Some(_) => SigningMode::Fast,
        None => SigningMode::Deterministic,
    }
}

/// The client of a run, and one that soon shows whether anything is there.
fn clients(plan: &Plan, args: &HarnessArgs) -> Result<(Client, Client), Error> {
    let options = load_run::client_options(args);
    let answer_ms_max = options.answer_ms_max.min(REACH_MS_MAX);
    let hasty = ClientOptions { answer_ms_max, ..options.clone() };
    Ok((real_run::client(plan, options)?, real_run::client(plan, hasty)?))
}

/// The first line of the journal, with what it takes to run the same again.
fn header(plan: &Plan, time: TimeMode, started_at_ms: u64, args: &HarnessArgs) -> Header {
    let mut header = plan.header(time, started_at_ms, env!("CARGO_PKG_VERSION"));
    for (info, program) in header.scenarios.iter_mut().zip(&plan.scenarios) {
        let listed = muster_scenarios::library_entry(&info.id);
        if listed.is_none_or(|entry| entry.file != program.scenario.file) {
            info.file.clone_from(&program.scenario.file);
        }
    }
    let mut words = Vec::new();
    if args.target != "embedded" {
        words.extend(["--target".to_owned(), args.target.clone()]);
    }
    if args.simulated {
        words.push("--virtual".to_owned());
    }
    for (option, values) in [("--defect", &args.defects), ("--allow-host", &args.allowed_hosts)] {
        words.extend(values.iter().flat_map(|value| [option.to_owned(), value.clone()]));
    }
    if let Some(scale) = plan.scale.filter(|scale| *scale > 1) {
        words.extend(["--scale".to_owned(), scale.to_string()]);
    }
    if plan.first > 0 {
        words.extend(["--first".to_owned(), plan.first.to_string()]);
    }
    header.command = words;
    header
}

/// Runs with every sink attached, then adds up.
fn observed(
    plan: &Plan,
    header: &Header,
    args: &HarnessArgs,
    known: &Known,
    play: impl FnOnce(&mut Log<'_>) -> Result<RunSummary, Error>,
) -> Result<Ran, Error> {
    let mut judge = Judge::for_run(header);
    let mut progress = Progress::new(plan.journeys(), args.quiet);
    let mut journals = Vec::new();
    for path in journal_paths(args)? {
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
    known.judged(judge, header, plan, played?)
}

impl Ran {
    /// The same without verdicts that nobody asked for.
    pub(crate) fn unjudged(mut self) -> Self {
        self.results.checks.clear();
        self.results.requirements.clear();
        self.results.summary = muster_conformance::results::Summary::default();
        self
    }
}

impl Known {
    /// The results of a run, compared with what was known.
    pub(crate) fn judged(
        &self,
        judge: Judge,
        header: &Header,
        plan: &Plan,
        summary: RunSummary,
    ) -> Result<Ran, Error> {
        let redactor = Redactor::new(plan.target.secrets());
        let mut results = without_secrets(&judge.finish(header), &redactor)?;
        recheck::compare(&mut results, self.expectations.as_ref(), self.baseline.as_ref());
        Ok(Ran { results, summary })
    }
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
        output::note(&format!("reports are in {}", folder.display()));
    }
    Ok(results.exit().into())
}

/// The exit code of a run: a target that stopped answering outranks what its silence looks like.
pub(crate) fn exit(ran: &Ran, exit: Exit) -> Exit {
    if !ran.summary.gone || exit == Exit::Interrupted {
        return exit;
    }
    output::note("error: the target stopped answering in the middle of the run");
    Exit::Unreachable
}

/// Where journals go, by the arguments.
pub(crate) fn journal_paths(args: &HarnessArgs) -> Result<Vec<std::path::PathBuf>, Error> {
    let mut paths = Vec::new();
    if let Some(path) = &args.journal {
        output::make_folder_of(path)?;
        // A link is followed. A journal takes its name when it is whole, which would replace a
        // device or pipe of that name.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        if std::fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
            let wrong = format!("{}: not a regular file; give --journal a file", path.display());
            return Err(Error::Arguments(wrong));
        }
        paths.push(path);
    }
    if let Some(folder) = &args.reports.report {
        std::fs::create_dir_all(folder).map_err(|error| Error::file(folder, &error))?;
        paths.push(folder.join("run.journal.zst"));
    }
    Ok(paths)
}

/// The embedded server is new each time; any other remembers the instances of earlier runs.
fn default_run_id(on_embedded: bool) -> String {
    if on_embedded { String::new() } else { jiff::Timestamp::now().as_millisecond().to_string() }
}

/// A fresh seed, short enough to type.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0) % 1_000_000_000
}
