//! Where one strand of steps stands, and how it moves from node to node.

use std::collections::BTreeMap;

use muster_scenarios::model::{Action, Step};
use muster_wire::PollId;

use super::collection::Collection;
use super::member::Hindrance;
use super::{Journey, Wish};
use crate::log::Log;
use crate::program::{Node, Program};

/// One strand of steps.
#[derive(Debug)]
pub(crate) struct Cursor {
    /// The block it began with.
    root: usize,
    frames: Vec<Frame>,
    pub(crate) wait: Wait,
    /// The block and place of the step being performed.
    pub(crate) place: (usize, usize),
    /// The strand that waits for this one.
    parent: Option<usize>,
    /// Polls still allowed by a poll-until-complete step.
    pub(crate) polls_left: u32,
    /// The results such a step waits for.
    pub(crate) awaited: Vec<PollId>,
    /// Arguments the hook under way was called with.
    pub(crate) arguments: BTreeMap<String, String>,
    /// The instance it has collected from, while that is under way.
    pub(crate) collection: Option<Box<Collection>>,
    /// Why the current step did not do what it says, where that is no member's affair.
    pub(crate) hindrance: Option<Hindrance>,
}

#[derive(Debug)]
struct Frame {
    block: usize,
    next: usize,
    rounds_left: u32,
}

/// What a strand waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Nothing: the next node can begin.
    Ready,
    /// A member to be idle, so that the step can begin.
    ToBegin(usize),
    /// A member to be idle, so that the step can end.
    ToEnd(usize),
    /// A point in time, and then the member to be idle.
    Until { at_ms: u64, member: usize },
    /// A hook's result.
    Hook,
    /// So many strands it started.
    Strands(usize),
    /// Nothing any more.
    Done,
}

impl Cursor {
    pub(crate) fn at_block(block: usize, parent: Option<usize>) -> Self {
        Self {
            root: block,
            frames: vec![Frame { block, next: 0, rounds_left: 0 }],
            wait: Wait::Ready,
            place: (block, 0),
            parent,
            polls_left: 0,
            awaited: Vec::new(),
            arguments: BTreeMap::new(),
            collection: None,
            hindrance: None,
        }
    }

    /// Whether the strand began at the setup.
    pub(crate) const fn is_in_setup(&self, program: &Program) -> bool {
        program.is_setup(self.root)
    }

    pub(crate) fn due(&self) -> Option<u64> {
        match self.wait {
            Wait::Until { at_ms, .. } => Some(at_ms),
            _ => None,
        }
    }

    fn enter(&mut self, block: usize, rounds: u32) {
        if rounds > 0 {
            self.frames.push(Frame { block, next: 0, rounds_left: rounds - 1 });
        }
    }

    /// The next place to look at, leaving blocks that are done.
    fn advance(&mut self, length: impl Fn(usize) -> usize) -> Option<(usize, usize)> {
        loop {
            let frame = self.frames.last_mut()?;
            if frame.next < length(frame.block) {
                frame.next += 1;
                return Some((frame.block, frame.next - 1));
            }
            if frame.rounds_left > 0 {
                frame.rounds_left -= 1;
                frame.next = 0;
                // An empty block must not spin.
                if length(frame.block) > 0 {
                    continue;
                }
            }
            self.frames.pop();
        }
    }
}

/// Whether a step acts through its member. Steps of several strands that do, on one member, go one
/// after the other; the passing of time and hooks leave the member free.
pub(super) fn takes_member(step: &Step) -> bool {
    !matches!(
        step.action,
        Action::Advance(_) | Action::Hook { .. } | Action::Upload(_) | Action::Assert(_)
    )
}

impl Journey {
    /// Moves strand `at` on if what it waits for has come; whether it moved.
    pub(super) fn turn(
        &mut self,
        at: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) -> bool {
        match self.cursors[at].wait {
            Wait::Ready => self.next_node(at, now_ms, log),
            Wait::ToBegin(member) if self.members[member].is_idle() => {
                let (block, node) = self.cursors[at].place;
                if self.members[member].is_taken && takes_member(&self.step_at(block, node).1.step)
                {
                    return false;
                }
                self.begin_step(at, now_ms, wishes, log);
            }
            Wait::ToEnd(member) if self.members[member].is_idle() => {
                self.end_step(at, member, now_ms, wishes, log);
            }
            Wait::Until { at_ms, member } if now_ms >= at_ms => {
                let polls = self.cursors[at].polls_left > 0;
                let timer_first =
                    !polls && self.members[member].timer().is_some_and(|due| due <= now_ms);
                if !self.members[member].is_idle() || timer_first {
                    return false;
                }
                self.wake(at, now_ms, wishes, log);
            }
            Wait::Strands(0) => self.cursors[at].wait = Wait::Ready,
            _ => return false,
        }
        true
    }

    fn next_node(&mut self, at: usize, now_ms: u64, log: &mut Log<'_>) {
        let program = self.setting.program.clone();
        let place = self.cursors[at].advance(|block| program.blocks[block].len());
        let Some((block, node)) = place else {
            self.cursors[at].wait = Wait::Done;
            let parent = self.cursors[at].parent;
            if let Some(Wait::Strands(left)) = parent.map(|parent| &mut self.cursors[parent].wait) {
                *left -= 1;
            }
            return;
        };
        match &program.blocks[block][node] {
            Node::Step(step) => {
                self.cursors[at].place = (block, node);
                let member = self.member_of(&step.step);
                self.cursors[at].wait = Wait::ToBegin(member);
            }
            Node::Repeat { times, block } => self.cursors[at].enter(*block, *times),
            Node::When { condition, block, otherwise, line } => {
                let holds = self.condition_holds(condition, *line, now_ms, log);
                self.cursors[at].enter(if holds { *block } else { *otherwise }, 1);
            }
            Node::Parallel { blocks } => {
                self.cursors[at].wait = Wait::Strands(blocks.len());
                for block in blocks {
                    self.add_strand(Cursor::at_block(*block, Some(at)));
                }
            }
        }
    }

    /// Puts a strand where one has ended: a parallel block in a long repeat must not pile them up.
    fn add_strand(&mut self, strand: Cursor) {
        match self.cursors.iter().position(|cursor| cursor.wait == Wait::Done) {
            Some(at) => self.cursors[at] = strand,
            None => self.cursors.push(strand),
        }
    }
}
