//! One replica of a scenario: its product instances and where each strand of its steps stands.
//!
//! No I/O and no clock: [`Journey::run`] does what can be done now and says what it wants; the
//! driver performs exchanges and hooks, brings the results back, and moves time.

mod agent;
mod classic;
mod collection;
mod cursor;
mod ended;
mod facts;
mod failover;
mod files;
pub(crate) mod framing;
mod judge_step;
mod look;
mod member;
mod perform;
mod polling;
mod request;
mod step_words;
mod tamper;
mod template;
mod trouble;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use muster_agent::Common;
use muster_certs::{Seed, SigningMode};
use muster_journal::load::LoadTotals;
use muster_journal::{Event, JourneyOutcome};
use muster_scenarios::model::{CastMember, PullInterface};
use serde_json::Value;

use crate::log::Log;
use crate::program::Program;
use crate::saved_fleet::SavedFleet;
use crate::target::{EndpointUrl, Target};
use crate::transport::{Call, Reply};

pub use collection::Collected;
use cursor::{Cursor, Wait};
pub use ended::Ended;
pub(crate) use framing::agent_failure;
use member::Member;

/// A guard against an agent that sets a timer in the past over and over: timers fired at one
/// instant without any strand moving on.
const TIMER_TURNS_MAX: u32 = 10_000;

/// How nearly all journeys end.
static COMPLETED: JourneyOutcome = JourneyOutcome::Completed;

/// Something only the driver can do.
#[derive(Debug)]
pub enum Wish {
    /// Send a request for a member and bring the reply to [`Journey::answered`].
    Exchange {
        /// Which member.
        member: usize,
        /// The request.
        call: Arc<Call>,
    },
    /// Call a hook and bring the result to [`Journey::hook_done`].
    Hook {
        /// Which strand waits for it.
        cursor: usize,
        /// Hook name.
        name: String,
        /// Its arguments.
        arguments: BTreeMap<String, String>,
    },
    /// Let the server collect a member's reports by the hook `collect`, bring what it asks the
    /// instance meanwhile to [`Journey::asked`], and what came of it to [`Journey::collected`].
    Collect {
        /// Which strand waits for it.
        cursor: usize,
        /// Whose reports.
        member: usize,
        /// How the server is to ask for them.
        over: PullInterface,
    },
}

/// Where a journey runs: everything that does not change from step to step.
pub struct Setting {
    /// The compiled scenario.
    pub program: Rc<Program>,
    /// The target.
    pub target: Rc<Target>,
    /// Root of every derived identity.
    pub seed: Seed,
    /// Number of replicas in the run.
    pub scale: u32,
    /// How instances sign.
    pub signing: SigningMode,
    /// Whether the instances of a journey that has run all its steps take part again.
    pub repeats: bool,
    /// What the agents of a shard have in common.
    pub common: RefCell<Common>,
}

impl Setting {
    /// The name and URL of an endpoint of the target.
    fn endpoint(&self, name: &str) -> Option<(Arc<str>, Arc<EndpointUrl>)> {
        self.target.server(name, 0)
    }
}

/// One replica of a scenario.
pub struct Journey {
    pub(crate) id: u32,
    pub(crate) replica: u32,
    pub(crate) setting: Rc<Setting>,
    pub(crate) members: Box<[Member]>,
    /// Strands of steps; none while it rests or has ended, for a fleet rests most of the time.
    pub(crate) cursors: Vec<Cursor>,
    pub(crate) exchanges: u64,
    notes: Option<Box<Notes>>,
    /// Another end than [`COMPLETED`].
    outcome: Option<Box<JourneyOutcome>>,
    is_completed: bool,
    /// Whether it has run its steps and waits to begin again.
    is_resting: bool,
    /// Whether its instances have no power, so that nothing goes on.
    is_frozen: bool,
    /// Whether its instances were configured in an earlier run.
    is_restored: bool,
}

/// What most journeys have none of.
#[derive(Default)]
struct Notes {
    captures: BTreeMap<String, Value>,
    /// Files on their way between instances and their account, by the scenario's names.
    files: BTreeMap<String, Vec<u8>>,
    /// Members that lost their network.
    without_network: BTreeSet<usize>,
    /// Why it cannot go on.
    broken: Option<String>,
}

impl Journey {
    /// A journey whose members take the fleet indices from `first_index` on.
    pub fn new(
        setting: Rc<Setting>,
        id: u32,
        replica: u32,
        first_index: u32,
    ) -> Result<Self, UnknownPlatform> {
        let cast = &setting.program.scenario.cast;
        let mut members = Vec::with_capacity(cast.len());
        for ((place, index), role) in (0..).zip(first_index..).zip(cast) {
            members.push(Member::new(place, role, &setting, index)?);
        }
        let program = &setting.program;
        let first_block = program.setup.unwrap_or(program.steps);
        Ok(Self {
            id,
            replica,
            members: members.into(),
            cursors: vec![Cursor::at_block(first_block, None)],
            exchanges: 0,
            notes: None,
            outcome: None,
            is_completed: false,
            is_resting: false,
            is_frozen: false,
            is_restored: false,
            setting,
        })
    }

    /// Puts back what an earlier run saved of the members, and leaves the setup out.
    pub fn restore(&mut self, fleet: &SavedFleet) -> Result<(), String> {
        for member in &mut self.members {
            let index = member.index;
            let saved = fleet.instances.get(&index);
            let saved = saved.ok_or_else(|| format!("instance {index} is not in it"))?;
            let restored = member.agent.restore(saved, &self.setting, index);
            restored.map_err(|error| format!("instance {index}: {error}"))?;
        }
        self.cursors[0] = Cursor::at_block(self.setting.program.steps, None);
        self.is_restored = true;
        Ok(())
    }

    /// Saves every member.
    pub(crate) fn save(&self, fleet: &mut BTreeMap<u32, Vec<u8>>) {
        for member in &self.members {
            let mut state = Vec::new();
            member.agent.save(&mut state);
            fleet.insert(member.index, state);
        }
    }

    /// Announces the journey and its members, then does what can be done.
    pub fn start(&mut self, now_ms: u64, wishes: &mut Vec<Wish>, log: &mut Log<'_>) {
        let scenario = self.setting.program.scenario.id.clone();
        let started = Event::JourneyStarted { scenario, replica: self.replica };
        log.record(now_ms, Some(self.id), None, started);
        if log.wants_exchanges() {
            for (at, member) in self.members.iter().enumerate() {
                let common = &mut self.setting.common.borrow_mut();
                let joined = member.joined(self.role(at), common);
                log.record(now_ms, Some(self.id), Some(member.index), joined);
            }
        }
        for at in 0..self.members.len() {
            if self.members[at].is_on && !self.is_restored {
                self.configure(at, now_ms, wishes, log);
            }
        }
        self.run(now_ms, wishes, log);
    }

    /// Gives an instance that is switched on the configuration it starts with.
    pub(crate) fn configure(
        &mut self,
        at: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        if self.members[at].agent.is_classic() {
            return self.configure_classic(at, now_ms, wishes, log);
        }
        if self.role(at).via.starts_with("cslu") {
            let cslu = muster_agent::TransportKind::Cslu;
            let command = muster_agent::Command::SetTransport(cslu);
            let input = muster_agent::Input::Command(command);
            self.with_agent(at, now_ms, wishes, log, input);
        }
        // Usage follows from configuration alone: what the platform ships with is in use.
        let licenses = &self.members[at].agent.platform().licenses;
        for license in licenses.iter().filter(|license| license.default_count > 0) {
            let (feature, count) = (license.feature.clone(), license.default_count);
            let command = muster_agent::Command::Use { feature, count };
            let input = muster_agent::Input::Command(command);
            self.with_agent(at, now_ms, wishes, log, input);
        }
    }

    /// Does everything that can be done at `now_ms`.
    pub fn run(&mut self, now_ms: u64, wishes: &mut Vec<Wish>, log: &mut Log<'_>) {
        let mut timer_turns = 0;
        while !self.is_finished() && !self.is_resting && !self.is_frozen {
            // Strands first: a step that polls takes its result before the instance's own timer.
            let mut moved = false;
            for at in 0..self.cursors.len() {
                moved |= !self.is_broken() && self.turn(at, now_ms, wishes, log);
            }
            if let Some(reason) = self.notes.as_mut().and_then(|notes| notes.broken.take()) {
                return self.finish(now_ms, JourneyOutcome::Broken { reason }, log);
            }
            if matches!(self.cursors[0].wait, Wait::Done) {
                // A request that is out belongs to the journey until its reply is in.
                if self.members.iter().all(Member::is_idle) {
                    self.steps_done(now_ms, log);
                }
                return;
            }
            let fired = self.fire_timers(now_ms, wishes, log);
            if !fired && !moved {
                if !self.setting.program.keeps_answers {
                    self.members.iter_mut().for_each(Member::rest);
                }
                return;
            }
            timer_turns = if moved { 0 } else { timer_turns + 1 };
            assert!(
                timer_turns < TIMER_TURNS_MAX,
                "invariant: the timers of an instant are done within {TIMER_TURNS_MAX} turns"
            );
        }
    }

    /// All steps of the setup or of the scenario have run.
    fn steps_done(&mut self, now_ms: u64, log: &mut Log<'_>) {
        let in_setup = self.cursors[0].is_in_setup(&self.setting.program);
        if in_setup || self.setting.repeats {
            self.is_resting = true;
            self.cursors = Vec::new();
            self.members.iter_mut().for_each(Member::rest);
        } else {
            self.finish(now_ms, JourneyOutcome::Completed, log);
        }
    }

    /// Whether it has run its steps, or its setup, and waits for [`Journey::begin`].
    pub fn is_resting(&self) -> bool {
        self.is_resting
    }

    /// Begins the scenario's steps from the first: after the setup, or once more.
    pub fn begin(&mut self, now_ms: u64, wishes: &mut Vec<Wish>, log: &mut Log<'_>) {
        if self.is_finished() {
            return;
        }
        self.is_resting = false;
        self.cursors = vec![Cursor::at_block(self.setting.program.steps, None)];
        self.run(now_ms, wishes, log);
    }

    /// Notes why it cannot go on; it ends when its strands have been looked at.
    pub(crate) fn break_off(&mut self, reason: String) {
        self.notes.get_or_insert_default().broken = Some(reason);
    }

    fn is_broken(&self) -> bool {
        self.notes.as_ref().is_some_and(|notes| notes.broken.is_some())
    }

    /// Keeps a value for the expressions of later steps.
    pub(crate) fn capture(&mut self, name: String, value: Value) {
        self.notes.get_or_insert_default().captures.insert(name, value);
    }

    /// What was kept for expressions.
    pub(crate) fn captures(&self) -> serde_json::Map<String, Value> {
        let captures = self.notes.iter().flat_map(|notes| notes.captures.clone());
        captures.collect()
    }

    /// The part a member plays.
    pub(crate) fn role(&self, member: usize) -> &CastMember {
        &self.setting.program.scenario.cast[usize::from(self.members[member].role)]
    }

    /// Brings the reply to a [`Wish::Exchange`]. A journey that has ended passes it over.
    pub fn answered(
        &mut self,
        member: usize,
        reply: Reply,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) -> Option<Ended> {
        if self.is_finished() {
            return None;
        }
        let ended = self.take_reply(member, reply, now_ms, wishes, log);
        self.run(now_ms, wishes, log);
        Some(ended)
    }

    /// Brings the result of a [`Wish::Hook`]. A journey that has ended passes it over.
    pub fn hook_done(
        &mut self,
        cursor: usize,
        result: Result<String, String>,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        if self.is_finished() {
            return;
        }
        self.take_hook_result(cursor, result, now_ms, log);
        self.run(now_ms, wishes, log);
    }

    /// When something will be due without any reply; none when only replies can move it on.
    pub fn next_due(&self) -> Option<u64> {
        if self.is_finished() || self.is_resting || self.is_frozen {
            return None;
        }
        let cursors = self.cursors.iter().filter_map(Cursor::due).min()?;
        // Timers of an instance matter only while some strand lets time pass.
        let timers = self.members.iter().filter_map(Member::timer).min();
        Some(timers.map_or(cursors, |timer| timer.min(cursors)))
    }

    /// Whether every step has run or the journey broke.
    pub fn is_finished(&self) -> bool {
        self.is_completed || self.outcome.is_some()
    }

    /// How it ended; none while it runs.
    pub fn outcome(&self) -> Option<&JourneyOutcome> {
        if self.is_completed { Some(&COMPLETED) } else { self.outcome.as_deref() }
    }

    /// Adds its members to the counts of a run, and says how many there are.
    pub(crate) fn count(&self, totals: &mut LoadTotals) -> u64 {
        for agent in self.members.iter().filter_map(|member| member.agent.in_policy_era()) {
            totals.acknowledged += u64::from(agent.acknowledged());
            totals.instances_acknowledged += u64::from(agent.acknowledged() > 0);
            totals.instances_trusted += u64::from(agent.is_trusted());
            totals.instances_reported += u64::from(agent.reported());
        }
        totals.completed += u64::from(self.is_completed);
        self.members.len() as u64
    }

    /// Number of the journey in the run.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Ends the journey from outside.
    pub fn finish(&mut self, now_ms: u64, outcome: JourneyOutcome, log: &mut Log<'_>) {
        if !self.is_finished() {
            let event = Event::JourneyFinished { outcome: outcome.clone() };
            log.record(now_ms, Some(self.id), None, event);
            self.is_completed = outcome == COMPLETED;
            self.outcome = if self.is_completed { None } else { Some(Box::new(outcome)) };
            self.cursors = Vec::new();
            self.notes = None;
            self.members.iter_mut().for_each(Member::rest);
        }
    }

    fn fire_timers(&mut self, now_ms: u64, wishes: &mut Vec<Wish>, log: &mut Log<'_>) -> bool {
        let mut fired = false;
        for at in 0..self.members.len() {
            let member = &self.members[at];
            if !self.is_broken()
                && member.is_idle()
                && member.timer().is_some_and(|due| due <= now_ms)
            {
                fired = true;
                self.with_agent(at, now_ms, wishes, log, muster_agent::Input::TimerDue);
            }
        }
        fired
    }
}

/// A scenario names a platform that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cast member `{member}` is a `{platform}`, which is no known platform; known are {known}")]
pub struct UnknownPlatform {
    /// The cast member.
    pub member: String,
    /// What the scenario says.
    pub platform: String,
    /// The platforms there are.
    pub known: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_journey_of_one_instance_is_small() {
        // The agent's own budget is 512 bytes; the rest is what the fleet adds to it.
        let (journey, member, cursor) =
            (size_of::<Journey>(), size_of::<Member>(), size_of::<Cursor>());
        assert!(journey <= 88, "{journey}");
        assert!(member <= size_of::<muster_agent::SmartAgent>() + 24, "{member}");
        assert!(cursor <= 192, "{cursor}");
    }
}
