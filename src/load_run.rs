//! A load run from its arguments to its summary: connections, descriptors, arrivals, gates.

use std::net::{IpAddr, TcpListener};
use std::sync::Arc;

use muster_fleet::clock::Clock;
use muster_fleet::gate::{self, ScenarioGate};
use muster_fleet::health::{self, HealthProbe, SaturationInput};
use muster_fleet::log::Log;
use muster_fleet::metronome::Metronome;
use muster_fleet::saved_fleet::SavedFleet;
use muster_fleet::size::{FDS_BESIDE, parse_sources, ports_per_address};
use muster_fleet::transport::{ClientOptions, LoadOptions};
use muster_fleet::{Plan, RunSummary};
use muster_journal::load::GateVerdict;
use muster_journal::{Event, Header, LoadSummary, Recorder};
use muster_scenarios::model::{Arrivals, Connections, Metric, Scenario};
use muster_server::Defect;

use crate::cli::{Connect, HarnessArgs, LoadArgs};
use crate::error::Error;
use crate::harness::{Known, Ran, journal_paths};
use crate::interrupt::Interrupt;
use crate::live_view::LiveView;
use crate::load_journal::LoadJournal;
use crate::output;
use crate::shards::{self, Blueprint, Figures, Means, Played};

/// Requests under way at once in an open load, unless asked otherwise. More would only wait in the
/// server instead of here; what waits here counts as blocked.
pub(crate) const IN_FLIGHT: usize = 256;

/// A load run, ready to go.
pub(crate) struct LoadRun<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) figures: Figures,
    pub(crate) header: Header,
    pub(crate) interrupt: Interrupt,
    pub(crate) args: &'a HarnessArgs,
    pub(crate) load: &'a LoadArgs,
    pub(crate) fleet: Option<Arc<SavedFleet>>,
}

/// What a load runs on.
pub(crate) enum On {
    /// The embedded server, on sockets and in this process.
    Embedded(Clock),
    /// A server that a profile describes.
    Target(Clock),
    /// Embedded servers in memory with these defects, in virtual time.
    Memory(Vec<Defect>),
}

impl LoadRun<'_> {
    /// Runs it, judges it and adds it up.
    pub(crate) fn run(self, on: On, known: &Known) -> Result<Ran, Error> {
        let limit = health::raise_fd_limit();
        let mut probe = HealthProbe::start(limit);
        let scenarios: Vec<Scenario> =
            self.plan.scenarios.iter().map(|program| program.scenario.clone()).collect();
        let shards = self.load.shards.unwrap_or_else(|| default_shards(&on));
        let is_virtual = matches!(on, On::Memory(_));
        let means = self.means(on, &scenarios, shards, limit.now)?;
        let source_addresses = match &means {
            Means::Sockets { load, .. } => load.sources.len().max(1) as u32,
            Means::Memory { .. } => 0,
        };
        let blueprint = Blueprint {
            target: (*self.plan.target).clone(),
            scenarios,
            figures: self.figures.clone(),
            metronome: (shards > 1 && !is_virtual).then(|| Arc::new(Metronome::new(shards))),
            means,
            header: self.header.clone(),
            interrupt: self.interrupt.clone(),
            judges: !self.load.no_checks,
            shards,
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
        if is_virtual {
            without_timing(&mut measured, &blueprint.scenarios);
        } else {
            measured.health.source_addresses = source_addresses;
            measured.health.ports_per_address = ports_per_address();
        }
        let now_ms = self.header.started_at_ms.saturating_add(summary.logical_ms);
        let mut last = Recorder::new();
        record_end(&mut Log::new(vec![&mut judge, &mut last]), now_ms, measured, &summary);
        if let Some(journal) = journal {
            journal.finish(last.into_entries())?;
        }
        self.save(&blueprint.figures, now_ms, &mut summary)?;
        let ran = known.judged(judge, &blueprint.header, self.plan, summary)?;
        Ok(if self.load.no_checks { ran.unjudged() } else { ran })
    }

    /// What each shard plays with.
    fn means(&self, on: On, scenarios: &[Scenario], shards: u32, fds: u64) -> Result<Means, Error> {
        // The embedded server has the other end of every connection in this process.
        let (clock, ends) = match on {
            On::Embedded(clock) => (clock, 2),
            On::Target(clock) => (clock, 1),
            On::Memory(defects) => {
                return Ok(Means::Memory { defects, start_ms: self.header.started_at_ms });
            }
        };
        let room = fds.saturating_sub(FDS_BESIDE) / ends;
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let sockets = self.load.sockets.unwrap_or(room);
        if sockets > room {
            let wrong = format!(
                "--sockets {sockets}: the limit of file descriptors leaves room for {room}; raise it \
                 (ulimit -n) or ask for fewer"
            );
            return Err(Error::Arguments(wrong));
        }
        let load = self.options(scenarios, sockets.div_ceil(shards as usize))?;
        Ok(Means::Sockets { client: client_options(self.args), load, clock })
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
            Some(range) => sources(range, !self.args.allowed_hosts.is_empty())
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
            verify_every_chain: self.load.verify_every_chain,
        })
    }
}

/// Source addresses, each of which this machine owns: one that it does not would look like ports
/// running out.
fn sources(range: &str, beyond_loopback: bool) -> Result<Vec<IpAddr>, String> {
    let addresses = parse_sources(range, beyond_loopback).map_err(|wrong| wrong.to_string())?;
    for address in &addresses {
        TcpListener::bind((*address, 0)).map_err(|error| {
            format!("{address} is no address of this machine ({error}); leave it out or add it")
        })?;
    }
    Ok(addresses)
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

/// One thread per processor; the embedded server keeps one for itself. In virtual time one, so that
/// the same seed gives the same journal wherever it runs.
fn default_shards(on: &On) -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let free = match on {
        On::Embedded(_) => cores.saturating_sub(1),
        On::Target(_) => cores,
        On::Memory(_) => 1,
    };
    u32::try_from(free.clamp(1, 256)).expect("at most 256")
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
