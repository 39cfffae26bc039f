//! The fleet of one scenario: its journeys in slots, what is due when, and whose turn it is. No
//! I/O and no clock: a driver takes the wishes, brings results back, and moves time.

mod churn;
mod troop;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use muster_agent::Common;
use muster_journal::JourneyOutcome;
use muster_scenarios::model::ChurnKind;

use crate::journey::{Journey, Setting, Wish};
use crate::log::Log;
use crate::plan::{Plan, RunError, RunSummary};
use crate::program::Program;
use crate::saved_fleet::SavedFleet;
use crate::timer_wheel::TimerWheel;

use churn::{Blow, Churning, Moments};
pub(crate) use troop::Troop;

/// Wishes held ready, at most. A request is written when it is wished for; a storm of fifty
/// thousand must not write them all before the first is sent.
const WISHES_MAX: usize = 1_024;

/// Keys held ready for signing: those of the instances that sign again soon, 1.3 MB.
const LOADED_KEYS: usize = 2_048;

/// One moment of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// Logical time, milliseconds since the epoch.
    pub(crate) ms: u64,
    /// Logical time since the run began, microseconds.
    pub(crate) us: u64,
}

/// Something a journey wants, and since when it should have had it.
pub(crate) struct Wanted {
    pub(crate) slot: u32,
    pub(crate) wish: Wish,
    /// Microseconds of logical time since the run began.
    pub(crate) intended_us: u64,
    /// Whether it belongs to the setup.
    pub(crate) is_setup: bool,
}

/// Where the numbers of a scenario's journeys and instances begin.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Numbers {
    pub(crate) journeys: u32,
    pub(crate) instances: u32,
    /// Number of the first replica.
    pub(crate) replicas: u32,
}

/// A place for one journey.
#[derive(Default)]
struct Slot {
    journey: Option<Journey>,
    /// Whether it runs steps, so that its end is still to be noticed.
    is_busy: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Every instance goes through the setup; so many slots have begun.
    Setup { next: u32 },
    /// Journeys begin as the groups say, since this microsecond of the run.
    Arrivals { from_us: u64 },
}

/// The fleet of one scenario.
pub(crate) struct Stage {
    setting: Rc<Setting>,
    fleet: Option<Arc<SavedFleet>>,
    saves: bool,
    numbers: Numbers,
    slots: Vec<Slot>,
    wheel: TimerWheel,
    troops: Vec<Troop>,
    churning: Churning,
    phase: Phase,
    wishes: VecDeque<Wanted>,
    /// Slots whose time has come and that were not run yet.
    overdue: VecDeque<u32>,
    busy: u32,
    /// Journeys that have run their steps, each time they did.
    ended: u64,
    started_at: Now,
    /// Slots that fell due since somebody asked.
    woken: u32,
    cut: Vec<u32>,
    scratch: Vec<Wish>,
    expired: Vec<u32>,
}

impl Stage {
    /// The shard's part of a scenario's fleet; nobody has begun.
    pub(crate) fn new(plan: &Plan, program: &Rc<Program>, numbers: Numbers, now: Now) -> Self {
        let troops = Troop::all(plan, program);
        let count: u32 = troops.iter().map(|troop| troop.slots).sum();
        let repeats = troops.iter().any(|troop| troop.for_us.is_some());
        let setting = Setting {
            program: Rc::clone(program),
            target: Rc::clone(&plan.target),
            seed: plan.identity_seed(),
            scale: plan.scale_of(program),
            signing: plan.signing,
            repeats,
            common: RefCell::new(Common::new(LOADED_KEYS)),
        };
        let load = program.scenario.load.as_ref().filter(|_| plan.is_load);
        let churning = Churning::new(load.map_or(&[], |load| &load.churn), plan.seed);
        let phase = match program.setup {
            Some(_) if plan.fleet.is_none() => Phase::Setup { next: 0 },
            _ => Phase::Arrivals { from_us: now.us },
        };
        Self {
            setting: Rc::new(setting),
            fleet: plan.fleet.clone(),
            saves: plan.saves_fleet,
            numbers,
            slots: (0..count).map(|_| Slot::default()).collect(),
            wheel: TimerWheel::new(count, now.ms),
            troops,
            churning,
            phase,
            wishes: VecDeque::new(),
            overdue: VecDeque::new(),
            busy: 0,
            ended: 0,
            started_at: now,
            woken: 0,
            cut: Vec::new(),
            scratch: Vec::new(),
            expired: Vec::new(),
        }
    }

    /// Begins and wakes whoever's time has come, as long as wishes are not piling up.
    pub(crate) fn turn(&mut self, now: Now, log: &mut Log<'_>) -> Result<(), RunError> {
        self.strike(now, log);
        self.wheel.advance(now.ms, &mut self.expired);
        // What fell due together is taken up in the order of the slots.
        self.woken += u32::try_from(self.expired.len()).unwrap_or(u32::MAX);
        self.overdue.extend(self.expired.drain(..));
        while self.wishes.len() < WISHES_MAX {
            if let Some(slot) = self.overdue.pop_front() {
                if self.churning.trouble(slot) == Some(ChurnKind::PowerLoss) {
                    continue;
                }
                let intended_us = self.due_us(slot).map_or(now.us, |due_us| due_us.min(now.us));
                self.act(slot, intended_us, now, log, |journey, wishes, log| {
                    journey.run(now.ms, wishes, log);
                });
            } else if !self.next_arrival(now, log)? {
                break;
            }
        }
        Ok(())
    }

    /// How many slots fell due since the last call.
    pub(crate) const fn take_woken(&mut self) -> u32 {
        std::mem::replace(&mut self.woken, 0)
    }

    /// The next thing somebody wants.
    pub(crate) fn next_wish(&mut self) -> Option<Wanted> {
        self.wishes.pop_front()
    }

    /// Whether anything waits to be granted or could be taken up at once.
    pub(crate) fn has_work(&self) -> bool {
        !self.wishes.is_empty() || !self.overdue.is_empty()
    }

    /// The journey in a slot, unless it has ended.
    pub(crate) fn is_finished(&self, slot: u32) -> bool {
        self.slots[slot as usize].journey.as_ref().is_none_or(Journey::is_finished)
    }

    /// Brings something to a journey and takes what it wants next.
    pub(crate) fn deliver<R>(
        &mut self,
        slot: u32,
        now: Now,
        log: &mut Log<'_>,
        bring: impl FnOnce(&mut Journey, &mut Vec<Wish>, &mut Log<'_>) -> R,
    ) -> Option<R> {
        self.act(slot, now.us, now, log, bring)
    }

    /// When a timer of the fleet is due, milliseconds since the epoch.
    pub(crate) fn next_due(&self) -> Option<u64> {
        match (self.wheel.next_due(), self.churning.next_ms()) {
            (Some(due), Some(blow)) => Some(due.min(blow)),
            (due, blow) => due.or(blow),
        }
    }

    /// The same for the earliest timer, microseconds of logical time since the run began; a timer
    /// may turn out to be a little later.
    pub(crate) fn next_due_us(&self) -> Option<u64> {
        let due_ms = self.wheel.next_wake()?;
        let since_us = due_ms.saturating_sub(self.started_at.ms).saturating_mul(1_000);
        Some(self.started_at.us.saturating_add(since_us))
    }

    /// Whether an instance in a slot has no network, so that nothing it sends arrives.
    pub(crate) fn is_cut_off(&self, slot: u32, member: usize) -> bool {
        let journey = self.slots[slot as usize].journey.as_ref();
        self.churning.trouble(slot).is_some()
            || journey.is_some_and(|journey| !journey.has_network(member))
    }

    /// A request of a slot has gone out; whether its connections are lost with it.
    pub(crate) fn sent(&mut self, slot: u32, now: Now, log: &mut Log<'_>) -> bool {
        let Some(blow) = self.churning.sent(slot, now.ms) else { return false };
        self.suffer(slot, blow, now, log);
        self.churning.trouble(slot).is_some()
    }

    /// An exchange of a slot ended well.
    pub(crate) fn proved(&mut self, slot: u32) {
        self.churning.proved(slot);
    }

    /// Slots whose connections were lost since the last call.
    pub(crate) fn take_cut(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.cut)
    }

    /// When the next journey begins, microseconds of logical time since the run began.
    pub(crate) fn next_arrival_us(&self) -> Option<u64> {
        let Phase::Arrivals { from_us } = self.phase else { return None };
        let next = self.troops.iter().filter_map(Troop::next_us);
        next.min().map(|at_us| from_us.saturating_add(at_us))
    }

    /// Ends every journey that has not ended, and gives up what was wanted.
    pub(crate) fn finish(
        &mut self,
        now_ms: u64,
        log: &mut Log<'_>,
        outcome: impl Fn() -> JourneyOutcome,
    ) {
        self.wishes.clear();
        self.overdue.clear();
        for (at, slot) in self.slots.iter_mut().enumerate() {
            let Some(journey) = &mut slot.journey else { continue };
            let rests = journey.is_resting();
            journey.finish(now_ms, if rests { JourneyOutcome::Completed } else { outcome() }, log);
            self.wheel.clear(u32::try_from(at).expect("slots are numbered in 32 bits"));
        }
        self.busy = 0;
    }

    /// Ends the journeys that wait for time to pass.
    pub(crate) fn finish_waiting(
        &mut self,
        now: Now,
        log: &mut Log<'_>,
        outcome: impl Fn() -> JourneyOutcome,
    ) {
        for slot in 0..self.count() {
            let waits = |journey: &Journey| journey.next_due().is_some();
            if self.slots[slot as usize].journey.as_ref().is_some_and(waits) {
                self.act(slot, now.us, now, log, |journey, _, log| {
                    journey.finish(now.ms, outcome(), log);
                });
            }
        }
    }

    /// Ends those who have run their steps and rest, then adds everybody up.
    pub(crate) fn close(&mut self, now_ms: u64, log: &mut Log<'_>, summary: &mut RunSummary) {
        for slot in &mut self.slots {
            let Some(journey) = &mut slot.journey else { continue };
            // Whoever rests has done all that was asked; some may not have been asked for more than
            // the setup.
            if journey.is_resting() {
                journey.finish(now_ms, JourneyOutcome::Completed, log);
            }
            summary.count(journey);
            if self.saves {
                journey.save(&mut summary.fleet);
            }
        }
        summary.groups.extend(self.troops.iter().map(Troop::arrivals));
        summary.totals.churned += self.churning.churned;
        summary.totals.recovered += self.churning.recovered;
    }

    /// Journeys that have ended, and journeys that are known to be played.
    pub(crate) fn progress(&self) -> (u64, u64) {
        let known = self.troops.iter().map(Troop::known).sum();
        (self.ended, known)
    }

    /// How many slots there are.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.slots.len()).expect("slots are numbered in 32 bits")
    }

    /// When the journey in a slot is due, microseconds of logical time since the run began.
    fn due_us(&self, slot: u32) -> Option<u64> {
        let due_ms = self.slots[slot as usize].journey.as_ref()?.next_due()?;
        let since_us = due_ms.saturating_sub(self.started_at.ms).saturating_mul(1_000);
        Some(self.started_at.us.saturating_add(since_us))
    }

    /// Lets the next one begin whose time has come; false when nobody's has.
    fn next_arrival(&mut self, now: Now, log: &mut Log<'_>) -> Result<bool, RunError> {
        match self.phase {
            Phase::Setup { next } if next < self.count() => {
                self.phase = Phase::Setup { next: next + 1 };
                self.open(next, now.us, now, log)?;
                Ok(true)
            }
            Phase::Setup { .. } if self.busy == 0 => {
                self.phase = Phase::Arrivals { from_us: now.us };
                for slot in 0..self.count() {
                    self.churning.plan(slot, self.numbers.replicas + self.replica(slot), now.ms);
                }
                Ok(true)
            }
            Phase::Setup { .. } => Ok(false),
            Phase::Arrivals { from_us } => self.arrive(from_us, now, log),
        }
    }

    fn arrive(&mut self, from_us: u64, now: Now, log: &mut Log<'_>) -> Result<bool, RunError> {
        let since_us = now.us.saturating_sub(from_us);
        let due = self.troops.iter().enumerate();
        let due = due.filter_map(|(at, troop)| troop.next_us().map(|at_us| (at_us, at)));
        let Some((at_us, at)) = due.min().filter(|(at_us, _)| *at_us <= since_us) else {
            return Ok(false);
        };
        if let Some(slot) = self.troops[at].take() {
            let intended_us = from_us.saturating_add(at_us);
            if self.slots[slot as usize].journey.is_none() {
                self.open(slot, intended_us, now, log)?;
            } else {
                self.begin(slot, intended_us, now, log);
            }
        }
        Ok(true)
    }

    /// Does what the churn has planned.
    fn strike(&mut self, now: Now, log: &mut Log<'_>) {
        loop {
            let slots = &self.slots;
            let moments = |slot: u32| slots[slot as usize].moments();
            let Some((slot, blow)) = self.churning.next_blow(now.ms, moments) else { return };
            self.suffer(slot, blow, now, log);
        }
    }

    fn suffer(&mut self, slot: u32, blow: Blow, now: Now, log: &mut Log<'_>) {
        if matches!(blow, Blow::Strike(ChurnKind::PowerLoss | ChurnKind::NetworkLoss)) {
            self.cut.push(slot);
        }
        self.act(slot, now.us, now, log, |journey, wishes, log| match blow {
            Blow::Strike(ChurnKind::Reload) => journey.reload(now.ms, wishes, log),
            Blow::Strike(ChurnKind::PowerLoss) => journey.lose_power(now.ms, wishes, log),
            Blow::Strike(ChurnKind::NetworkLoss) => journey.note_fault("network_lost", now.ms, log),
            Blow::Return(ChurnKind::PowerLoss) => journey.power_up(now.ms, wishes, log),
            Blow::Return(_) => journey.note_fault("network_back", now.ms, log),
        });
    }

    /// A new journey in a slot.
    fn open(
        &mut self,
        slot: u32,
        intended_us: u64,
        now: Now,
        log: &mut Log<'_>,
    ) -> Result<(), RunError> {
        let replica = self.replica(slot);
        let cast = self.setting.program.scenario.instances_per_replica();
        let id = self.numbers.journeys + replica + 1;
        let index = self.numbers.instances + replica * cast;
        let replica = self.numbers.replicas + replica;
        let journey = Journey::new(Rc::clone(&self.setting), id, replica, index);
        let scenario = || self.setting.program.scenario.id.clone();
        let mut journey =
            journey.map_err(|source| RunError::Platform { scenario: scenario(), source })?;
        if let Some(fleet) = &self.fleet {
            journey.restore(fleet).map_err(|reason| RunError::SavedFleet { reason })?;
        }
        self.slots[slot as usize] = Slot { journey: Some(journey), is_busy: true };
        self.busy += 1;
        if self.program_is_without_setup() {
            self.churning.plan(slot, replica, self.arrivals_ms());
        }
        self.act(slot, intended_us, now, log, |journey, wishes, log| {
            journey.start(now.ms, wishes, log);
        });
        Ok(())
    }

    fn begin(&mut self, slot: u32, intended_us: u64, now: Now, log: &mut Log<'_>) {
        let place = &mut self.slots[slot as usize];
        if !place.is_busy {
            place.is_busy = true;
            self.busy += 1;
        }
        self.act(slot, intended_us, now, log, |journey, wishes, log| {
            journey.begin(now.ms, wishes, log);
        });
    }

    /// Which replica of the scenario plays in a slot.
    fn replica(&self, slot: u32) -> u32 {
        let troop = self.troops.iter().find(|troop| troop.holds(slot));
        troop.expect("every slot belongs to a group").replica(slot)
    }

    fn act<R>(
        &mut self,
        slot: u32,
        intended_us: u64,
        now: Now,
        log: &mut Log<'_>,
        act: impl FnOnce(&mut Journey, &mut Vec<Wish>, &mut Log<'_>) -> R,
    ) -> Option<R> {
        let is_setup = matches!(self.phase, Phase::Setup { .. });
        let place = &mut self.slots[slot as usize];
        let journey = place.journey.as_mut()?;
        let came = act(journey, &mut self.scratch, log);
        let wishes = self.scratch.drain(..);
        self.wishes.extend(wishes.map(|wish| Wanted { slot, wish, intended_us, is_setup }));
        match journey.next_due() {
            Some(due_ms) => self.wheel.set(slot, due_ms),
            None => self.wheel.clear(slot),
        }
        if self.churning.is_lurking(slot) {
            self.churning.look(slot, place.moments(), now.ms);
        }
        let Some(journey) = &place.journey else { return Some(came) };
        if place.is_busy && (journey.is_resting() || journey.is_finished()) {
            place.is_busy = false;
            self.busy -= 1;
            if let Phase::Arrivals { from_us } = self.phase {
                self.ended += 1;
                let is_free = journey.is_resting();
                if !is_free {
                    // Nobody will use its connection again.
                    self.cut.push(slot);
                }
                self.ended(slot, is_free, now.us.saturating_sub(from_us));
            }
        }
        Some(came)
    }

    fn program_is_without_setup(&self) -> bool {
        self.setting.program.setup.is_none() || self.fleet.is_some()
    }

    /// When the arrivals began, milliseconds since the epoch.
    fn arrivals_ms(&self) -> u64 {
        let Phase::Arrivals { from_us } = self.phase else { return self.started_at.ms };
        self.started_at.ms + from_us.saturating_sub(self.started_at.us) / 1_000
    }

    fn ended(&mut self, slot: u32, is_free: bool, at_us: u64) {
        if let Some(troop) = self.troops.iter_mut().find(|troop| troop.holds(slot)) {
            troop.ended(slot, is_free, at_us);
        }
    }
}

impl Slot {
    /// What the instances in it have coming; of several, the first's.
    fn moments(&self) -> Moments {
        match self.journey.as_ref().filter(|journey| !journey.is_finished()) {
            Some(journey) => Moments {
                is_there: true,
                poll_due_ms: journey.first_poll_due(),
                report_due_ms: journey.first_report_due(),
            },
            None => Moments::default(),
        }
    }
}
