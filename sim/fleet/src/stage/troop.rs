//! One group of a scenario's fleet on one shard: whose turn it is to begin, and when.

use std::collections::VecDeque;

use muster_journal::load::GroupArrivals;
use muster_scenarios::model::{Arrivals, Group};

use crate::arrival::{self, GroupSize, Schedule};
use crate::plan::Plan;
use crate::program::Program;

/// One group on one shard. Times are microseconds since the arrivals of the scenario began.
pub(crate) struct Troop {
    name: String,
    model: String,
    /// Number of the group's first replica.
    first_replica: u32,
    first_slot: u32,
    pub(super) slots: u32,
    shard: u32,
    shards: u32,
    from_us: u64,
    pub(super) for_us: Option<u64>,
    schedule: Schedule,
    /// Slots that have begun at least once.
    pub(super) begun: u32,
    /// Slots whose journey has ended and can begin again, the longest rested first.
    rested: VecDeque<u32>,
    /// When the next journeys of a closed group begin.
    again: VecDeque<u64>,
    intended: u64,
    started: u64,
    dropped: u64,
}

impl Troop {
    /// The groups of a scenario. One that names none has one: in a load run nobody plans to meet,
    /// otherwise everybody begins at once.
    pub(crate) fn all(plan: &Plan, program: &Program) -> Vec<Self> {
        let everybody = [Group {
            name: "all".to_owned(),
            share: 1,
            from_ms: 0,
            arrivals: if plan.is_load { Arrivals::default() } else { Arrivals::Storm },
            for_ms: None,
        }];
        let groups = match &program.scenario.load {
            Some(load) if plan.is_load => load.groups.as_slice(),
            _ => everybody.as_slice(),
        };
        let total = u64::from(plan.scale_of(program));
        let shares: u64 = groups.iter().map(|group| u64::from(group.share)).sum();
        let (mut troops, mut share, mut first_slot) = (Vec::new(), 0, 0);
        for (at, group) in groups.iter().enumerate() {
            let first = total * share / shares.max(1);
            share += u64::from(group.share);
            let count = total * share / shares.max(1) - first;
            let troop = Self::new(plan, group, at, first, count, first_slot);
            first_slot += troop.slots;
            troops.push(troop);
        }
        troops
    }

    fn new(plan: &Plan, group: &Group, at: usize, first: u64, count: u64, first_slot: u32) -> Self {
        let small = |number: u64| u32::try_from(number).expect("a fleet is counted in 32 bits");
        let (shard, shards) = (plan.shard, plan.shards.max(1));
        let slots = count.saturating_sub(u64::from(shard)).div_ceil(u64::from(shards));
        let size = GroupSize { instances: count, for_ms: group.for_ms };
        let seed = plan.seed ^ (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self {
            name: group.name.clone(),
            model: arrival::describe(&group.arrivals),
            first_replica: small(first),
            first_slot,
            slots: small(slots),
            shard,
            shards,
            from_us: group.from_ms.saturating_mul(1_000),
            for_us: group.for_ms.map(|ms| ms.saturating_mul(1_000)),
            schedule: Schedule::new(&group.arrivals, size, seed, shard, shards),
            begun: 0,
            rested: VecDeque::new(),
            again: VecDeque::new(),
            intended: 0,
            started: 0,
            dropped: 0,
        }
    }

    /// When the next journey of the group begins; none when none will.
    pub(super) fn next_us(&self) -> Option<u64> {
        let planned = self.planned_us()?;
        let ends = self.for_us.is_some_and(|for_us| planned >= for_us);
        (!ends).then(|| self.from_us.saturating_add(planned))
    }

    /// The slot whose journey begins now; none when nobody is free, which is counted.
    pub(super) fn take(&mut self) -> Option<u32> {
        let planned = self.planned_us()?;
        if self.again.front() == Some(&planned) {
            self.again.pop_front();
        } else {
            self.schedule.next();
        }
        self.intended += 1;
        let slot = if self.begun < self.slots {
            self.begun += 1;
            Some(self.first_slot + self.begun - 1)
        } else {
            self.rested.pop_front()
        };
        match slot {
            Some(_) => self.started += 1,
            None => self.dropped += 1,
        }
        slot
    }

    /// The journey in one of its slots has ended.
    pub(super) fn ended(&mut self, slot: u32, is_free: bool, at_us: u64) {
        if is_free && self.for_us.is_some() {
            self.rested.push_back(slot);
        }
        if let Some(think_ms) = self.schedule.think_ms() {
            let since_us = at_us.saturating_sub(self.from_us);
            self.again.push_back(since_us.saturating_add(think_ms.saturating_mul(1_000)));
        }
    }

    /// Whether a slot is one of the group's.
    pub(super) const fn holds(&self, slot: u32) -> bool {
        slot >= self.first_slot && slot - self.first_slot < self.slots
    }

    /// Which replica of the scenario plays in one of its slots.
    pub(super) const fn replica(&self, slot: u32) -> u32 {
        self.first_replica + (slot - self.first_slot) * self.shards + self.shard
    }

    /// Journeys that are known to be played: everybody's first, or those begun if more.
    pub(super) fn known(&self) -> u64 {
        if self.for_us.is_some() { self.started } else { u64::from(self.slots) }
    }

    pub(super) fn arrivals(&self) -> GroupArrivals {
        GroupArrivals {
            group: self.name.clone(),
            model: self.model.clone(),
            instances: u64::from(self.slots),
            intended: self.intended,
            started: self.started,
            dropped: self.dropped,
        }
    }

    /// When the next one is meant to begin, since the group's own start.
    fn planned_us(&self) -> Option<u64> {
        if self.begun == self.slots && self.for_us.is_none() {
            return None;
        }
        let is_closed = self.schedule.think_ms().is_some();
        if is_closed && self.begun == self.slots && self.rested.is_empty() {
            // In a closed loop nobody is missed: the next begins when one is free.
            return None;
        }
        match (self.schedule.peek(), self.again.front().copied()) {
            (Some(first), Some(again)) => Some(first.min(again)),
            (first, again) => first.or(again),
        }
    }
}
