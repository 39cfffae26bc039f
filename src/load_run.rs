//! A load run from its arguments to its summary: connections, descriptors, arrivals, gates.

use muster_conformance::Judge;
use std::sync::Arc;

use muster_fleet::clock::Clock;
use muster_fleet::gate::{self, ScenarioGate};
use muster_fleet::health::{self, HealthProbe, SaturationInput};
use muster_fleet::log::Log;
use muster_fleet::metronome::Metronome;
use muster_fleet::saved_fleet::SavedFleet;
use muster_fleet::size::{parse_sources, ports_per_address};
use muster_fleet::transport::{ClientOptions, LoadOptions};
use muster_fleet::virtual_run::{self, Peer};
use muster_fleet::watch::{ShardLive, Watch};
use muster_fleet::{Plan, RunSummary};
use muster_journal::load::GateVerdict;
use muster_journal::{Event, Header, LoadSummary, Numbers, Recorder};
use muster_scenarios::model::{Arrivals, Connections, Metric, Scenario};

use crate::cli::{Connect, HarnessArgs, LoadArgs};
use crate::error::Error;
use crate::harness::{Known, Ran, journal_paths};
use crate::interrupt::Interrupt;
use crate::live_view::LiveView;
use crate::load_journal::{self, LoadJournal};
use crate::output;
use crate::shards::{self, Blueprint, Figures, Played};

/// Requests under way at once in an open load, unless asked otherwise. More would only wait in the
/// server instead of here; what waits here counts as blocked.
pub(crate) const IN_FLIGHT: usize = 256;
/// Descriptors left for everything but connections: files, timers, the embedded server's own.
const DESCRIPTORS_SPARED: u64 = 256;

/// A load run on sockets, ready to go.
pub(crate) struct LoadRun<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) figures: Figures,
    pub(crate) header: Header,
    pub(crate) clock: Clock,
    pub(crate) interrupt: Interrupt,
    pub(crate) args: &'a HarnessArgs,
    pub(crate) load: &'a LoadArgs,
    pub(crate) fleet: Option<Arc<SavedFleet>>,
}

impl LoadRun<'_> {
    /// Runs it, judges it and adds it up.
    pub(crate) fn run(self, on_embedded: bool, known: &Known) -> Result<Ran, Error> {
        let limit = health::raise_fd_limit();
        let mut probe = HealthProbe::start(limit);
        let scenarios: Vec<Scenario> =
            self.plan.scenarios.iter().map(|program| program.scenario.clone()).collect();
        let shards = self.load.shards.unwrap_or_else(|| default_shards(on_embedded));
        // The embedded server has the other end of every connection in this process.
        let ends = if on_embedded { 2 } else { 1 };
        let sockets = limit.now.saturating_sub(DESCRIPTORS_SPARED) / ends;
        let sockets = self.load.sockets.unwrap_or(usize::try_from(sockets).unwrap_or(usize::MAX));
        let blueprint = Blueprint {
            target: (*self.plan.target).clone(),
            client: client_options(self.args),
            load: self.options(&scenarios, sockets.div_ceil(shards as usize))?,
            scenarios,
            figures: self.figures.clone(),
            clock: self.clock.clone(),
            header: self.header.clone(),
            interrupt: self.interrupt.clone(),
            judges: !self.load.no_checks,
            shards,
            metronome: (shards > 1).then(|| Arc::new(Metronome::new(shards))),
            fleet: self.fleet.clone(),
            saves_fleet: self.load.save_fleet.is_some(),
        };
        let instances = u64::from(self.plan.instances());
        let mut view = LiveView::new(instances, self.args.quiet, self.load)?;
        let secrets = self.plan.target.secrets();
        let paths = journal_paths(self.args)?;
        let mode = self.load.journal_mode;
        let journal = LoadJournal::open(paths, &blueprint.header, &secrets, mode)?;
        let played = shards::play(&blueprint, journal.as_ref(), &mut view, &mut probe)?;
        let Played { mut judge, mut summary } = played;
        probe.sample();
        let mut measured = summarise(&summary, &blueprint.scenarios, shards, &probe);
        measured.health.source_addresses = blueprint.load.sources.len().max(1) as u32;
        measured.health.ports_per_address = ports_per_address();
        let now_ms = blueprint.clock.now_ms().saturating_add(summary.logical_ms);
        let mut last = Recorder::new();
        record_end(&mut Log::new(vec![&mut judge, &mut last]), now_ms, measured, &summary);
        if let Some(journal) = journal {
            journal.finish(last.into_entries())?;
        }
        self.save(&blueprint.figures, now_ms, &mut summary)?;
        let ran = known.judged(judge, &blueprint.header, self.plan, summary)?;
        Ok(if self.load.no_checks { ran.unjudged() } else { ran })
    }

    /// Writes the state of the fleet, where that was asked for.
    fn save(&self, figures: &Figures, now_ms: u64, summary: &mut RunSummary) -> Result<(), Error> {
        let Some(path) = &self.load.save_fleet else { return Ok(()) };
        let fleet = SavedFleet {
            seed: figures.seed,
            run_id: figures.run_id.clone(),
            saved_at_ms: now_ms,
            instances: std::mem::take(&mut summary.fleet),
        };
        fleet.write(path).map_err(|error| Error::Arguments(format!("--save-fleet {error}")))?;
        output::note(&format!("{} instances saved in {}", fleet.instances.len(), path.display()));
        Ok(())
    }

    fn options(&self, scenarios: &[Scenario], sockets: usize) -> Result<LoadOptions, Error> {
        let loads = || scenarios.iter().filter_map(|scenario| scenario.load.as_ref());
        let keep_alive = match self.load.connections {
            Some(connect) => connect == Connect::KeepAlive,
            None => loads().any(|load| load.connections == Connections::KeepAlive),
        };
        let sources = match &self.load.source {
            Some(range) => parse_sources(range, !self.args.allowed_hosts.is_empty())
                .map_err(|wrong| Error::Arguments(format!("--source {range}: {wrong}")))?,
            None => Vec::new(),
        };
        let limits = client_options(self.args);
        Ok(LoadOptions {
            keep_alive,
            resumption: !self.load.no_resumption && loads().all(|load| load.resumption),
            sources,
            connections_max: sockets.max(1),
            connect_ms_max: limits.connect_ms_max,
            answer_ms_max: limits.answer_ms_max,
            answer_bytes_max: limits.answer_bytes_max,
            trust_cached_chains: self.load.trust_cached_chains,
        })
    }
}

/// Deadlines of one exchange, as the arguments say.
pub(crate) fn client_options(args: &HarnessArgs) -> ClientOptions {
    let answer_ms_max = args.timeout.saturating_mul(1_000);
    let connect_ms_max = answer_ms_max.min(ClientOptions::default().connect_ms_max);
    ClientOptions { connect_ms_max, answer_ms_max, ..ClientOptions::default() }
}

/// Requests under way at once: as many as the journeys at a time of a closed load.
pub(crate) fn in_flight(scenarios: &[&Scenario]) -> usize {
    let groups = scenarios.iter().filter_map(|scenario| scenario.load.as_ref());
    let closed = groups.map(|load| {
        let journeys = load.groups.iter().map(|group| match group.arrivals {
            Arrivals::Concurrency { journeys, .. } => journeys as usize,
            _ => 0,
        });
        journeys.sum()
    });
    closed.max().unwrap_or(0).max(IN_FLIGHT)
}

/// One thread per processor; the embedded server keeps one for itself.
fn default_shards(on_embedded: bool) -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let free = if on_embedded { cores.saturating_sub(1) } else { cores };
    u32::try_from(free.clamp(1, 256)).expect("at most 256")
}

/// Plays a load in virtual time against a server in memory.
pub(crate) fn simulated(
    plan: &Plan,
    header: &Header,
    peer: &mut dyn Peer,
    interrupt: &Interrupt,
    args: &HarnessArgs,
    load: &LoadArgs,
    known: &Known,
) -> Result<Ran, Error> {
    let mut probe = HealthProbe::start(health::raise_fd_limit());
    let view = LiveView::new(u64::from(plan.instances()), args.quiet, load)?;
    let started = std::time::Instant::now();
    let watch = SimulatedWatch {
        interrupt,
        view: view.into(),
        probe: HealthProbe::start(health::raise_fd_limit()).into(),
    };
    let scenarios: Vec<Scenario> =
        plan.scenarios.iter().map(|program| program.scenario.clone()).collect();
    let (paths, secrets) = (journal_paths(args)?, plan.target.secrets());
    let journal = LoadJournal::open(paths, header, &secrets, load.journal_mode)?;
    let judge = Judge::for_run(header);
    let mut sinks = load_journal::sinks(journal.as_ref(), judge, !load.no_checks);
    let mut summary = {
        let mut log = sinks.log(Numbers::of_shard(0, 1));
        virtual_run::run(plan, header.started_at_ms, peer, &mut log, &watch)?
    };
    watch.view.borrow_mut().finish();
    let mut judge = sinks.into_judge();
    summary.wall_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    probe.sample();
    let mut measured = summarise(&summary, &scenarios, 1, &probe);
    without_timing(&mut measured, &scenarios);
    let now_ms = header.started_at_ms.saturating_add(summary.logical_ms);
    let mut last = Recorder::new();
    record_end(&mut Log::new(vec![&mut judge, &mut last]), now_ms, measured, &summary);
    if let Some(journal) = journal {
        journal.finish(last.into_entries())?;
    }
    let ran = known.judged(judge, header, plan, summary)?;
    Ok(if load.no_checks { ran.unjudged() } else { ran })
}

/// Shows a run in virtual time, which has one thread.
struct SimulatedWatch<'a> {
    interrupt: &'a Interrupt,
    view: std::cell::RefCell<LiveView>,
    probe: std::cell::RefCell<HealthProbe>,
}

impl Watch for SimulatedWatch<'_> {
    fn stop(&self) -> bool {
        self.interrupt.is_raised()
    }

    fn live(&self, figures: &mut dyn FnMut() -> ShardLive) {
        let mut view = self.view.borrow_mut();
        view.take(0, figures());
        view.show(&mut self.probe.borrow_mut());
    }
}

/// The summary of a load run: what was measured, the generator's own health, and the gates.
fn summarise(
    run: &RunSummary,
    scenarios: &[Scenario],
    shards: u32,
    probe: &HealthProbe,
) -> LoadSummary {
    let mut load = run.load();
    load.shards = shards;
    load.health = probe.health(&run.health);
    let groups = scenarios.iter().filter_map(|scenario| scenario.load.as_ref());
    let groups: Vec<_> = groups.flat_map(|load| &load.groups).collect();
    let paced = |name: &str| {
        let mut named = groups.iter().filter(|group| group.name == name);
        named.any(|group| health::is_paced(&group.arrivals))
    };
    let input = SaturationInput {
        fds_exhausted: run.fds_exhausted,
        ports_exhausted: run.ports_exhausted,
        ..SaturationInput::measured(&load, &run.health, paced)
    };
    load.health.saturated = health::saturation(&load.health, &input);
    let gates: Vec<_> = scenarios
        .iter()
        .flat_map(|scenario| {
            let gates = scenario.gates.iter();
            gates.map(|gate| ScenarioGate { scenario: &scenario.id, gate })
        })
        .collect();
    load.gates = gate::judge(&gates, &load);
    load
}

/// In virtual time an exchange takes no time: a gate on how long it takes, or on how many there are
/// in a second, would be met by nothing at all.
fn without_timing(load: &mut LoadSummary, scenarios: &[Scenario]) {
    let gates = scenarios.iter().flat_map(|scenario| &scenario.gates);
    for (result, gate) in load.gates.iter_mut().zip(gates) {
        if matches!(gate.metric, Metric::Latency { .. } | Metric::Throughput { .. }) {
            let why = "virtual time has no latency; run the scenario on sockets".to_owned();
            result.verdict = GateVerdict::Indeterminate { why };
            result.actual = "not measured".to_owned();
        }
    }
}

/// Records what was measured and the end of the run.
fn record_end(log: &mut Log<'_>, now_ms: u64, load: LoadSummary, run: &RunSummary) {
    log.record(now_ms, None, None, Event::LoadMeasured(Box::new(load)));
    log.record(now_ms, None, None, run.finished());
}
