//! The fleet of a load run in shards, on threads of their own, watched from this one.

use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use muster_conformance::Judge;
use muster_fleet::clock::Clock;
use muster_fleet::health::HealthProbe;
use muster_fleet::metronome::Metronome;
use muster_fleet::program::Program;
use muster_fleet::real_run::{self, Lines};
use muster_fleet::saved_fleet::SavedFleet;
use muster_fleet::transport::{ClientOptions, LoadOptions};
use muster_fleet::watch::{ShardLive, Watch};
use muster_fleet::{Plan, RunSummary, Target, virtual_run};
use muster_journal::{Header, Numbers};
use muster_scenarios::model::Scenario;
use muster_server::Defect;

use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::live_view::LiveView;
use crate::load_journal::{self, LoadJournal};
use crate::virtual_peer::MemoryPeer;

/// How often the process looks at itself.
const PROBE_EVERY: Duration = Duration::from_millis(250);

/// Everything a shard needs, in a form that can be handed to its thread.
pub(crate) struct Blueprint {
    pub(crate) target: Target,
    pub(crate) scenarios: Vec<Scenario>,
    /// The plan's figures; target and scenarios are put in on the thread.
    pub(crate) figures: Figures,
    pub(crate) means: Means,
    pub(crate) header: Header,
    pub(crate) interrupt: Interrupt,
    pub(crate) judges: bool,
    pub(crate) shards: u32,
    pub(crate) metronome: Option<Arc<Metronome>>,
    pub(crate) fleet: Option<Arc<SavedFleet>>,
    pub(crate) saves_fleet: bool,
}

/// What a shard plays with.
pub(crate) enum Means {
    /// Sockets and the wall clock.
    Sockets { client: ClientOptions, load: LoadOptions, clock: Clock },
    /// Virtual time, and in each shard a server of its own in memory: shards share nothing, and so
    /// each of them is played alike however fast the others are.
    Memory { defects: Vec<Defect>, start_ms: u64 },
}

/// The figures of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    pub(crate) scale: Option<u32>,
    pub(crate) first: u32,
    pub(crate) signing: muster_fleet::SigningMode,
    pub(crate) seed: u64,
    pub(crate) run_id: String,
    pub(crate) unanswered_max: u32,
    pub(crate) in_flight_max: usize,
}

/// What came of the shards.
pub(crate) struct Played {
    pub(crate) judge: Judge,
    pub(crate) summary: RunSummary,
}

impl Figures {
    /// A plan with these figures.
    pub(crate) fn plan(&self, target: Rc<Target>, scenarios: Vec<Rc<Program>>) -> Plan {
        Plan {
            scale: self.scale,
            first: self.first,
            signing: self.signing,
            seed: self.seed,
            run_id: self.run_id.clone(),
            unanswered_max: self.unanswered_max,
            in_flight_max: self.in_flight_max,
            ..Plan::of(target, scenarios)
        }
    }
}

/// Runs the shards to their end.
pub(crate) fn play(
    blueprint: &Blueprint,
    journal: Option<&LoadJournal>,
    view: &mut LiveView,
    probe: &mut HealthProbe,
) -> Result<Played, Error> {
    let (sender, figures) = mpsc::channel();
    std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for shard in 0..blueprint.shards {
            let sender = sender.clone();
            let builder = std::thread::Builder::new().name(format!("shard-{shard}"));
            let thread = builder
                .spawn_scoped(scope, move || play_shard(blueprint, journal, shard, sender))
                .map_err(|error| Error::Bug(format!("no thread for shard {shard}: {error}")))?;
            threads.push(thread);
        }
        drop(sender);
        loop {
            match figures.recv_timeout(PROBE_EVERY) {
                Ok((shard, live)) => view.take(shard as usize, live),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            view.show(probe);
        }
        view.finish();
        let mut played: Option<Played> = None;
        for thread in threads {
            let shard = thread.join().map_err(|_| Error::Bug("a shard panicked".to_owned()))??;
            match &mut played {
                Some(played) => {
                    played.judge.merge(shard.judge);
                    played.summary.merge(shard.summary);
                }
                None => played = Some(shard),
            }
        }
        played.ok_or_else(|| Error::Bug("a run without shards".to_owned()))
    })
}

fn play_shard(
    blueprint: &Blueprint,
    journal: Option<&LoadJournal>,
    shard: u32,
    sender: mpsc::Sender<(u32, ShardLive)>,
) -> Result<Played, Error> {
    let scenarios = blueprint.scenarios.iter().cloned();
    let scenarios = scenarios.map(|scenario| Rc::new(Program::new(scenario))).collect();
    let mut plan = blueprint.figures.plan(Rc::new(blueprint.target.clone()), scenarios);
    (plan.is_load, plan.shard, plan.shards) = (true, shard, blueprint.shards);
    plan.metronome = blueprint.metronome.clone();
    (plan.fleet, plan.saves_fleet) = (blueprint.fleet.clone(), blueprint.saves_fleet);
    plan.in_flight_max = plan.in_flight_max.div_ceil(blueprint.shards as usize);
    let judge = Judge::for_run(&blueprint.header);
    let mut sinks = load_journal::sinks(journal, judge, blueprint.judges);
    let watch = ShardWatch { shard, sender, interrupt: &blueprint.interrupt };
    let summary = {
        let mut log = sinks.log(Numbers::of_shard(shard, blueprint.shards));
        match &blueprint.means {
            Means::Sockets { client, load, clock } => {
                let lines = Lines {
                    single: real_run::client(&plan, client.clone())?,
                    load: Some(real_run::load_client(&plan, load.clone())?),
                    headers_wanted: journal.is_some(),
                };
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(|error| Error::Bug(format!("no runtime: {error}")))?;
                let clock = clock.clone();
                runtime.block_on(real_run::run(&plan, &lines, clock, &mut log, &watch))?
            }
            Means::Memory { defects, start_ms } => {
                let Figures { seed, signing, .. } = blueprint.figures;
                let (mut peer, _) = MemoryPeer::start(seed, signing, defects, *start_ms)?;
                let started = Instant::now();
                let run = virtual_run::run(&plan, *start_ms, &mut peer, &mut log, &watch)?;
                let wall_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
                RunSummary { wall_us, ..run }
            }
        }
    };
    Ok(Played { judge: sinks.into_judge(), summary })
}

/// Sends a shard's figures to the display.
struct ShardWatch<'a> {
    shard: u32,
    sender: mpsc::Sender<(u32, ShardLive)>,
    interrupt: &'a Interrupt,
}

impl Watch for ShardWatch<'_> {
    fn stop(&self) -> bool {
        self.interrupt.is_raised()
    }

    fn live(&self, figures: &mut dyn FnMut() -> ShardLive) {
        // The display outlives the shards.
        let _ = self.sender.send((self.shard, figures()));
    }
}
