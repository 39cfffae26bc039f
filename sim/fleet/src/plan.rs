//! What a run does: which scenarios, how many replicas of each, from which seed.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use muster_certs::{Seed, SigningMode};
use muster_journal::load::{GroupArrivals, LoadSummary, LoadTotals, Traffic};
use muster_journal::{Event, Header, JourneyOutcome, ScenarioInfo, TimeMode};
use muster_scenarios::model::Scenario;

use crate::health::ShardHealth;
use crate::journey::{Journey, UnknownPlatform};
use crate::log::Log;
use crate::measure::Measures;
use crate::metronome::Metronome;
use crate::program::Program;
use crate::saved_fleet::SavedFleet;
use crate::stage::{Now, Numbers, Stage};
use crate::target::Target;

/// A run before it starts.
pub struct Plan {
    /// The target.
    pub target: Rc<Target>,
    /// The scenarios, in order.
    pub scenarios: Vec<Rc<Program>>,
    /// Replicas of each scenario; none: as many as its `load` says, else one.
    pub scale: Option<u32>,
    /// Fleet index of the first product instance, so that a part of a fleet can be run alone.
    pub first: u32,
    /// Whether the scenarios' `load` counts: arrivals, connections and churn.
    pub is_load: bool,
    /// How instances sign.
    pub signing: SigningMode,
    /// Which part of the fleet this is, from 0, and of how many.
    pub shard: u32,
    /// Parts of the fleet; at least 1.
    pub shards: u32,
    /// The time the shards have in common; none where there is one.
    pub metronome: Option<Arc<Metronome>>,
    /// State of the instances from an earlier run; none: they are new.
    pub fleet: Option<Arc<SavedFleet>>,
    /// Whether the state of the instances is saved at the end.
    pub saves_fleet: bool,
    /// Root of every derived identity.
    pub seed: u64,
    /// Sets this run's identities apart from those of other runs with the same seed, for servers
    /// that remember; empty where a run must be repeatable to the byte.
    pub run_id: String,
    /// Exchanges in a row without an answer after which the target counts as gone.
    pub unanswered_max: u32,
    /// Requests under way at once, at most; bounded by file descriptors.
    pub in_flight_max: usize,
}

/// What a run came to, beyond what the sinks know.
#[derive(Debug, Default)]
pub struct RunSummary {
    /// Journeys that ran all their steps.
    pub completed: u32,
    /// Journeys the target lacked something for.
    pub not_run: u32,
    /// Journeys that broke.
    pub broken: u32,
    /// Exchanges that were answered.
    pub answered: u64,
    /// Exchanges that were not.
    pub unanswered: u64,
    /// Exchanges without an answer since the last answer.
    pub unanswered_in_a_row: u32,
    /// Whether the target stopped answering, so that the run was given up.
    pub gone: bool,
    /// RUM reports the instances hold an acknowledgement for.
    pub acknowledged: u64,
    /// Whether the user cut the run short.
    pub interrupted: bool,
    /// Product instances that took part.
    pub instances: u64,
    /// Counts of the fleet, for a load run's summary.
    pub totals: LoadTotals,
    /// Arrivals by group.
    pub groups: Vec<GroupArrivals>,
    /// What was measured.
    pub measures: Measures,
    /// Logical time that passed, milliseconds.
    pub logical_ms: u64,
    /// Bytes and connections, where a client counts them.
    pub traffic: Traffic,
    /// Wall time the run took, microseconds.
    pub wall_us: u64,
    /// Exchanges that found no free file descriptor.
    pub fds_exhausted: u64,
    /// Exchanges that found no free port.
    pub ports_exhausted: u64,
    /// State of the instances, where it was to be saved.
    pub fleet: BTreeMap<u32, Vec<u8>>,
    /// How each shard fared.
    pub health: Vec<ShardHealth>,
}

/// Why a run cannot start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A scenario asks for a platform that does not exist.
    #[error("scenario {scenario}: {source}")]
    Platform {
        /// The scenario.
        scenario: String,
        /// The cast member and the platform.
        source: UnknownPlatform,
    },
    /// The trust roots of the profile cannot be used.
    #[error("target {target}: {reason}")]
    Tls {
        /// Name of the target.
        target: String,
        /// What is wrong.
        reason: String,
    },
    /// The state of an earlier run does not fit this one.
    #[error("saved fleet: {reason}")]
    SavedFleet {
        /// Which instance, and what is wrong with it.
        reason: String,
    },
    /// Nothing answers at the target.
    #[error("target {target} is unreachable at {url} after {attempts} attempts: {reason}")]
    Unreachable {
        /// Name of the target.
        target: String,
        /// The URL tried.
        url: String,
        /// How often.
        attempts: u32,
        /// The last failure.
        reason: String,
    },
}

impl Plan {
    /// One replica of each scenario, or as many as its `load` says, signing so that a run can be
    /// repeated to the byte. Everything else is at its default.
    pub fn of(target: Rc<Target>, scenarios: Vec<Rc<Program>>) -> Self {
        Self {
            target,
            scenarios,
            scale: None,
            first: 0,
            is_load: false,
            signing: SigningMode::Deterministic,
            shard: 0,
            shards: 1,
            metronome: None,
            fleet: None,
            saves_fleet: false,
            seed: 0,
            run_id: String::new(),
            unanswered_max: u32::MAX,
            in_flight_max: 256,
        }
    }

    /// The first line of the run's journal.
    pub fn header(&self, time: TimeMode, started_at_ms: u64, version: &str) -> Header {
        let scenarios = self.scenarios.iter().map(|program| {
            let Scenario { id, title, provokes, .. } = &program.scenario;
            let (id, title, provokes) = (id.clone(), title.clone(), provokes.clone());
            let gates = program.scenario.gates.iter().map(|gate| gate.text.clone());
            let gates = if self.is_load { gates.collect() } else { Vec::new() };
            ScenarioInfo { id, title, provokes, file: String::new(), gates }
        });
        Header {
            schema: muster_journal::entry::SCHEMA.to_owned(),
            muster: version.to_owned(),
            seed: self.seed,
            time,
            started_at_ms,
            target: self.target.info(),
            scenarios: scenarios.collect(),
            command: Vec::new(),
            sampling: None,
        }
    }

    /// What identities derive from.
    pub(crate) fn identity_seed(&self) -> Seed {
        let seed = Seed::from_u64(self.seed);
        if self.run_id.is_empty() {
            return seed;
        }
        Seed::from_bytes(seed.derive(&format!("run {}", self.run_id), 0))
    }

    /// Journeys of the whole run.
    pub fn journeys(&self) -> u32 {
        self.scenarios.iter().fold(0, |sum: u32, one| sum.saturating_add(self.scale_of(one)))
    }

    /// Product instances of the whole run.
    pub fn instances(&self) -> u32 {
        let of = |program: &Rc<Program>| {
            self.scale_of(program).saturating_mul(program.scenario.instances_per_replica())
        };
        self.scenarios.iter().fold(0, |sum: u32, one| sum.saturating_add(of(one)))
    }

    /// Replicas of one scenario.
    pub fn scale_of(&self, program: &Program) -> u32 {
        let load = program.scenario.load.as_ref().filter(|_| self.is_load);
        self.scale.or(load.map(|load| load.instances)).unwrap_or(1)
    }
}

/// Numbers journeys and instances through a whole run.
pub(crate) struct Counters {
    journeys: u32,
    instances: u32,
}

impl Counters {
    pub(crate) fn of(plan: &Plan) -> Self {
        Self { journeys: 0, instances: plan.first }
    }

    /// The fleet of one scenario; a scenario the target lacks something for is recorded as not run.
    pub(crate) fn open_stage(
        &mut self,
        plan: &Plan,
        program: &Rc<Program>,
        now: Now,
        log: &mut Log<'_>,
        summary: &mut RunSummary,
    ) -> Option<Stage> {
        let lacks = plan.target.lacks(&program.scenario.needs());
        if !lacks.is_empty() {
            self.journeys += 1;
            summary.not_run += 1;
            not_run(program, self.journeys, lacks, now.ms, log);
            return None;
        }
        let scale = plan.scale_of(program);
        let cast = program.scenario.instances_per_replica();
        let (journeys, instances) = (self.journeys, self.instances);
        // A part of a fleet plays the replicas it would play in the whole.
        let replicas = if plan.scenarios.len() == 1 { plan.first / cast } else { 0 };
        self.journeys += scale;
        self.instances += scale * cast;
        Some(Stage::new(plan, program, Numbers { journeys, instances, replicas }, now))
    }
}

impl RunSummary {
    /// Counts one exchange; whether the target now counts as gone.
    pub(crate) fn count_exchange(&mut self, answered: bool, plan: &Plan) {
        if answered {
            self.answered += 1;
            self.unanswered_in_a_row = 0;
        } else {
            self.unanswered += 1;
            self.unanswered_in_a_row += 1;
        }
        self.gone |= self.unanswered_in_a_row >= plan.unanswered_max.max(1);
    }

    pub(crate) fn count(&mut self, journey: &Journey) {
        self.instances += journey.count(&mut self.totals);
        self.acknowledged = self.totals.acknowledged;
        match journey.outcome() {
            Some(JourneyOutcome::Completed) => self.completed += 1,
            Some(JourneyOutcome::NotRun { .. }) => self.not_run += 1,
            Some(JourneyOutcome::Broken { .. }) => self.broken += 1,
            Some(JourneyOutcome::Interrupted) | None => self.interrupted = true,
        }
    }

    /// What a load run comes to, without its gates and the process's own health.
    pub fn load(&self) -> LoadSummary {
        let mut load = LoadSummary {
            wall_ms: self.wall_us / 1_000,
            logical_ms: self.logical_ms,
            totals: self.totals.clone(),
            groups: self.groups.clone(),
            ..LoadSummary::default()
        };
        load.totals.dropped = self.groups.iter().map(|group| group.dropped).sum();
        self.measures.fill(&mut load);
        if self.traffic != Traffic::default() {
            // The client counts handshakes and the bytes of TLS, too.
            load.traffic = self.traffic.clone();
        }
        load.instances = self.instances;
        load
    }

    /// Adds what another shard came to.
    pub fn merge(&mut self, other: Self) {
        self.completed += other.completed;
        self.not_run += other.not_run;
        self.broken += other.broken;
        self.answered += other.answered;
        self.unanswered += other.unanswered;
        self.gone |= other.gone;
        self.instances += other.instances;
        self.interrupted |= other.interrupted;
        add(&mut self.totals, &other.totals);
        self.acknowledged = self.totals.acknowledged;
        merge_groups(&mut self.groups, other.groups);
        self.measures.merge(&other.measures);
        self.logical_ms = self.logical_ms.max(other.logical_ms);
        self.wall_us = self.wall_us.max(other.wall_us);
        self.health.extend(other.health);
        self.fleet.extend(other.fleet);
        self.fds_exhausted += other.fds_exhausted;
        self.ports_exhausted += other.ports_exhausted;
        add_traffic(&mut self.traffic, &other.traffic);
    }

    /// The last entry of the run's journal.
    pub fn finished(&self) -> Event {
        Event::RunFinished { completed: self.completed, interrupted: self.interrupted }
    }
}

fn add(mine: &mut LoadTotals, theirs: &LoadTotals) {
    mine.exchanges += theirs.exchanges;
    mine.errors += theirs.errors;
    mine.retries += theirs.retries;
    mine.acknowledged += theirs.acknowledged;
    mine.instances_acknowledged += theirs.instances_acknowledged;
    mine.instances_trusted += theirs.instances_trusted;
    mine.instances_reported += theirs.instances_reported;
    mine.completed += theirs.completed;
    mine.dropped += theirs.dropped;
    mine.churned += theirs.churned;
    mine.recovered += theirs.recovered;
}

const fn add_traffic(mine: &mut Traffic, theirs: &Traffic) {
    mine.bytes_sent += theirs.bytes_sent;
    mine.bytes_received += theirs.bytes_received;
    mine.connections += theirs.connections;
    mine.handshakes_full += theirs.handshakes_full;
    mine.handshakes_resumed += theirs.handshakes_resumed;
    mine.reused += theirs.reused;
}

/// Records that the target lacks something for a scenario.
fn not_run(program: &Program, id: u32, lacks: Vec<String>, now_ms: u64, log: &mut Log<'_>) {
    let scenario = program.scenario.id.clone();
    log.record(now_ms, Some(id), None, Event::JourneyStarted { scenario, replica: 0 });
    let outcome = JourneyOutcome::NotRun { lacks };
    log.record(now_ms, Some(id), None, Event::JourneyFinished { outcome });
}

/// Adds the arrivals of the same group on another shard.
fn merge_groups(mine: &mut Vec<GroupArrivals>, theirs: Vec<GroupArrivals>) {
    for group in theirs {
        match mine.iter_mut().find(|known| known.group == group.group) {
            Some(known) => {
                known.instances += group.instances;
                known.intended += group.intended;
                known.started += group.started;
                known.dropped += group.dropped;
            }
            None => mine.push(group),
        }
    }
}
