//! How many sockets may be open: slots, given first come, first served.

use std::cell::Cell;
use std::rc::Rc;

use tokio::sync::Semaphore;

use super::counters::Counting;

/// The slots of one load client.
pub(super) struct Budget {
    slots: Semaphore,
    waiting: Cell<usize>,
    counting: Rc<Counting>,
}

/// The right to one open socket; given back when dropped.
pub(super) struct Slot(Rc<Budget>);

/// Counts one who waits, also when the wait is given up.
struct Waiting<'a>(&'a Cell<usize>);

impl Budget {
    pub(super) fn new(connections_max: usize, counting: Rc<Counting>) -> Rc<Self> {
        // No slot at all would make every exchange wait for ever.
        let slots = Semaphore::new(connections_max.clamp(1, Semaphore::MAX_PERMITS));
        Rc::new(Self { slots, waiting: Cell::new(0), counting })
    }

    /// Whether someone waits for a slot.
    pub(super) fn wanted(&self) -> bool {
        self.waiting.get() > 0
    }

    /// A slot, if one is free at once.
    pub(super) fn try_acquire(self: &Rc<Self>) -> Option<Slot> {
        self.slots.try_acquire().ok()?.forget();
        Some(Slot::begin(Rc::clone(self)))
    }

    /// A slot, after all who asked before.
    pub(super) async fn acquire(self: &Rc<Self>) -> Slot {
        self.waiting.set(self.waiting.get() + 1);
        let waiting = Waiting(&self.waiting);
        let permit = self.slots.acquire().await.expect("the semaphore is never closed");
        permit.forget();
        drop(waiting);
        Slot::begin(Rc::clone(self))
    }
}

impl Slot {
    fn begin(budget: Rc<Budget>) -> Self {
        budget.counting.add(|all| {
            all.connections_open += 1;
            all.connections_peak = all.connections_peak.max(all.connections_open);
        });
        Self(budget)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.counting.add(|all| all.connections_open -= 1);
        self.0.slots.add_permits(1);
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn slots_are_given_in_turn_and_a_turn_given_up_is_passed_on() {
        let budget = Budget::new(1, Rc::default());
        let cx = &mut Context::from_waker(Waker::noop());
        let slot = budget.try_acquire().unwrap();
        assert!(budget.try_acquire().is_none() && !budget.wanted());
        let (mut first, mut second) = (Box::pin(budget.acquire()), pin!(budget.acquire()));
        assert!(first.as_mut().poll(cx).is_pending() && second.as_mut().poll(cx).is_pending());
        drop(slot);
        // The slot is the first one's now, who never takes it.
        assert!(budget.try_acquire().is_none());
        assert!(second.as_mut().poll(cx).is_pending());
        drop(first);
        assert!(budget.wanted() && second.as_mut().poll(cx).is_ready());
        assert!(!budget.wanted() && budget.try_acquire().is_some());
        assert_eq!(budget.counting.read().connections_peak, 1);
    }
}
