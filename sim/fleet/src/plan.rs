//! What a run does: which scenarios, how many replicas of each, from which seed.

use std::rc::Rc;

use muster_certs::Seed;
use muster_journal::{Event, Header, JourneyOutcome, ScenarioInfo, TimeMode};
use muster_scenarios::model::Scenario;

use crate::journey::{Journey, Setting, UnknownPlatform, Wish};
use crate::log::Log;
use crate::program::Program;
use crate::target::Target;

/// A run before it starts.
pub struct Plan {
    /// The target.
    pub target: Rc<Target>,
    /// The scenarios, in order.
    pub scenarios: Vec<Rc<Program>>,
    /// Replicas of each scenario.
    pub scale: u32,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// The first line of the run's journal.
    pub fn header(&self, time: TimeMode, started_at_ms: u64, version: &str) -> Header {
        let scenarios = self.scenarios.iter().map(|program| {
            let Scenario { id, title, provokes, .. } = &program.scenario;
            let (id, title, provokes) = (id.clone(), title.clone(), provokes.clone());
            ScenarioInfo { id, title, provokes, file: String::new() }
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
        u32::try_from(self.scenarios.len()).unwrap_or(u32::MAX).saturating_mul(self.scale)
    }
}

/// The journeys of one scenario, started, and what they want first.
pub(crate) struct Stage {
    pub(crate) journeys: Vec<Journey>,
    pub(crate) wishes: Vec<(usize, Wish)>,
}

/// Numbers journeys and instances through a whole run.
#[derive(Default)]
pub(crate) struct Counters {
    journeys: u32,
    instances: u32,
}

impl Counters {
    /// Starts every replica of one scenario; a scenario the target lacks something for is recorded
    /// as not run.
    pub(crate) fn open_stage(
        &mut self,
        plan: &Plan,
        program: &Rc<Program>,
        now_ms: u64,
        log: &mut Log<'_>,
        summary: &mut RunSummary,
        stop: &dyn Fn() -> bool,
    ) -> Result<Stage, RunError> {
        let needs = program.scenario.needs();
        let lacks = plan.target.lacks(&needs);
        let mut stage = Stage { journeys: Vec::new(), wishes: Vec::new() };
        if !lacks.is_empty() {
            self.journeys += 1;
            summary.not_run += 1;
            let scenario = program.scenario.id.clone();
            let id = Some(self.journeys);
            log.record(now_ms, id, None, Event::JourneyStarted { scenario, replica: 0 });
            let outcome = JourneyOutcome::NotRun { lacks };
            log.record(now_ms, id, None, Event::JourneyFinished { outcome });
            return Ok(stage);
        }
        let setting = Setting {
            program: program.clone(),
            target: plan.target.clone(),
            seed: plan.identity_seed(),
            scale: plan.scale,
        };
        for replica in 0..plan.scale {
            if stop() {
                summary.interrupted = true;
                break;
            }
            self.journeys += 1;
            let journey =
                Journey::new(setting.clone(), self.journeys, replica, self.instances).map_err(
                    |source| RunError::Platform { scenario: program.scenario.id.clone(), source },
                )?;
            self.instances += program.scenario.instances_per_replica();
            stage.journeys.push(journey);
        }
        for at in 0..stage.journeys.len() {
            let mut wishes = Vec::new();
            stage.journeys[at].start(now_ms, &mut wishes, log);
            stage.wishes.extend(wishes.into_iter().map(|wish| (at, wish)));
        }
        Ok(stage)
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
        self.acknowledged += journey.acknowledged();
        match journey.outcome() {
            Some(JourneyOutcome::Completed) => self.completed += 1,
            Some(JourneyOutcome::NotRun { .. }) => self.not_run += 1,
            Some(JourneyOutcome::Broken { .. }) => self.broken += 1,
            Some(JourneyOutcome::Interrupted) | None => self.interrupted = true,
        }
    }

    pub(crate) fn finished(&self) -> Event {
        Event::RunFinished { completed: self.completed, interrupted: self.interrupted }
    }
}
