//! A load run from its arguments to its summary: connections, descriptors, arrivals, gates.

use muster_conformance::Judge;
use muster_fleet::clock::Clock;
use muster_fleet::gate::{self, ScenarioGate};
use muster_fleet::health::{self, HealthProbe, SaturationInput};
use muster_fleet::log::Log;
use muster_fleet::measure::Live;
use muster_fleet::size::parse_sources;
use muster_fleet::transport::{ClientOptions, LoadOptions};
use muster_fleet::virtual_run::{self, Peer};
use muster_fleet::watch::Watch;
use muster_fleet::{Plan, RunSummary};
use muster_journal::{Event, Header, LoadSummary};
use muster_scenarios::model::{Arrivals, Connections, Scenario};

use crate::cli::{Connect, HarnessArgs, LoadArgs};
use crate::error::Error;
use crate::harness::{Known, Ran};
use crate::interrupt::Interrupt;
use crate::live_view::LiveView;
use crate::shards::{self, Blueprint, CourseOnly, Figures, Played};

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
            figures: self.figures,
            clock: self.clock,
            header: self.header,
            interrupt: self.interrupt,
            judges: !self.load.no_checks,
            shards,
        };
        let instances = u64::from(self.plan.instances());
        let mut view = LiveView::new(instances, self.args.quiet, self.load)?;
        let Played { mut judge, summary } = shards::play(&blueprint, &mut view, &mut probe)?;
        probe.sample();
        let measured = summarise(&summary, &blueprint.scenarios, shards, &probe);
        let now_ms = blueprint.clock.now_ms().saturating_add(summary.logical_ms);
        let mut log = Log::new(vec![&mut judge]);
        record_end(&mut log, now_ms, measured, &summary);
        drop(log);
        known.judged(judge, &blueprint.header, self.plan, summary)
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
    let mut judge = Judge::for_run(header);
    let scenarios: Vec<Scenario> =
        plan.scenarios.iter().map(|program| program.scenario.clone()).collect();
    let mut summary = {
        let mut course = CourseOnly(&mut judge);
        let mut log = match load.no_checks {
            true => Log::new(vec![&mut course]),
            false => Log::new(vec![&mut *course.0]),
        };
        virtual_run::run(plan, header.started_at_ms, peer, &mut log, &watch)?
    };
    watch.view.borrow_mut().finish();
    summary.wall_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    probe.sample();
    let measured = summarise(&summary, &scenarios, 1, &probe);
    let now_ms = header.started_at_ms.saturating_add(summary.logical_ms);
    record_end(&mut Log::new(vec![&mut judge]), now_ms, measured, &summary);
    known.judged(judge, header, plan, summary)
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

    fn live(&self, figures: &mut dyn FnMut() -> Live) {
        let mut view = self.view.borrow_mut();
        view.take(0, &figures());
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
    let input = SaturationInput::measured(&load, &run.health, paced);
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

/// Records what was measured and the end of the run.
fn record_end(log: &mut Log<'_>, now_ms: u64, load: LoadSummary, run: &RunSummary) {
    log.record(now_ms, None, None, Event::LoadMeasured(Box::new(load)));
    log.record(now_ms, None, None, run.finished());
}
