//! One logical time for several shards: the target has one clock, and it is moved only when no
//! shard has anything under way. Shards come here when they are idle, never on the way of an
//! exchange.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

/// The time the shards of one run have in common.
#[derive(Debug)]
pub struct Metronome {
    jumped_ms: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    shards: Vec<Standing>,
    is_moving: bool,
}

/// What one shard is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Busy,
    /// Waits for this logical time, milliseconds since the epoch.
    Idle(u64),
    Done,
}

/// What an idle shard may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Another shard has something under way, or is moving the clock.
    Wait,
    /// Everybody waits, the first of them for this time: move the clock and say so.
    Move(u64),
}

impl Metronome {
    /// For so many shards; all of them count as busy until they say that they wait.
    pub fn new(shards: u32) -> Self {
        let shards = vec![Standing::Busy; shards as usize];
        let state = Mutex::new(State { shards, is_moving: false });
        Self { jumped_ms: AtomicU64::new(0), state }
    }

    /// How far the clock was moved on since the run began, milliseconds.
    pub(crate) fn jumped_ms(&self) -> u64 {
        self.jumped_ms.load(Ordering::Acquire)
    }

    /// A shard has nothing under way and waits for a time.
    pub(crate) fn idle(&self, shard: u32, due_ms: u64) -> Turn {
        let mut state = self.lock();
        state.shards[shard as usize] = Standing::Idle(due_ms);
        if state.is_moving || state.shards.contains(&Standing::Busy) {
            return Turn::Wait;
        }
        let due = state.shards.iter().filter_map(|standing| match standing {
            Standing::Idle(due_ms) => Some(*due_ms),
            Standing::Busy | Standing::Done => None,
        });
        let first = due.min().unwrap_or(due_ms);
        state.is_moving = true;
        Turn::Move(first)
    }

    /// The shard that was told to has moved the target's clock, or could not: `None`.
    pub(crate) fn moved(&self, by_ms: Option<u64>) {
        let mut state = self.lock();
        state.is_moving = false;
        // Everybody looks at the new time before the clock is moved again.
        let waiting = state.shards.iter_mut().filter(|standing| **standing != Standing::Done);
        waiting.for_each(|standing| *standing = Standing::Busy);
        if let Some(by_ms) = by_ms {
            self.jumped_ms.fetch_add(by_ms, Ordering::AcqRel);
        }
    }

    /// A shard has something to do again; false while the clock is being moved.
    pub(crate) fn busy(&self, shard: u32) -> bool {
        let mut state = self.lock();
        if state.is_moving {
            return false;
        }
        state.shards[shard as usize] = Standing::Busy;
        true
    }

    /// A shard has ended.
    pub(crate) fn done(&self, shard: u32) {
        self.lock().shards[shard as usize] = Standing::Done;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while the lock is held")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_moved_to_the_first_need_once_everybody_waits() {
        let metronome = Metronome::new(3);
        assert_eq!(metronome.idle(0, 500), Turn::Wait);
        assert_eq!(metronome.idle(1, 300), Turn::Wait);
        assert_eq!(metronome.idle(2, 400), Turn::Move(300));
        assert!(!metronome.busy(0), "not while the clock is being moved");
        assert_eq!(metronome.idle(0, 500), Turn::Wait);
        metronome.moved(Some(300));
        assert_eq!(metronome.jumped_ms(), 300);
        assert_eq!(metronome.idle(0, 500), Turn::Wait, "the others look at the new time first");
        assert!(metronome.busy(1));
    }

    #[test]
    fn a_shard_that_has_ended_is_not_waited_for() {
        let metronome = Metronome::new(2);
        metronome.done(0);
        assert_eq!(metronome.idle(1, 700), Turn::Move(700));
        metronome.moved(None);
        assert_eq!(metronome.jumped_ms(), 0);
        assert_eq!(metronome.idle(1, 700), Turn::Move(700));
    }
}
