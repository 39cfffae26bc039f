//! What each lane has: a kept connection, and exchanges under way that end when it is closed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use slab::Slab;

use super::connection::Connection;

/// The lanes of one client. Only lanes that have something are in memory.
#[derive(Default)]
pub(super) struct Lanes {
    /// Looked up by number and never walked through.
    lanes: HashMap<u32, Lane>,
    kept: Slab<Kept>,
    /// The ends of the chain of kept connections, by when they were last used.
    oldest: Option<usize>,
    newest: Option<usize>,
    flights: Slab<Flight>,
}

#[derive(Clone, Copy, Default)]
struct Lane {
    kept: Option<usize>,
    flight: Option<usize>,
}

struct Kept {
    connection: Connection,
    lane: u32,
    older: Option<usize>,
    newer: Option<usize>,
}

/// An exchange under way.
struct Flight {
    waker: Option<Waker>,
    closed: bool,
    /// Another one of the same lane.
    next: Option<usize>,
}

/// Ends the bookkeeping of an exchange, also of one that was given up.
struct Guard<'a> {
    lanes: &'a RefCell<Lanes>,
    lane: u32,
    key: usize,
}

impl Lanes {
    /// The lane's kept connection.
    pub(super) fn take(&mut self, lane: u32) -> Option<Connection> {
        let key = self.lanes.get_mut(&lane)?.kept.take()?;
        self.forget_if_empty(lane);
        Some(self.unlink(key))
    }

    /// Keeps a connection for the lane; gives back the one it had.
    pub(super) fn keep(&mut self, lane: u32, connection: Connection) -> Option<Connection> {
        let before = self.take(lane);
        let older = self.newest;
        let key = self.kept.insert(Kept { connection, lane, older, newer: None });
        match older {
            Some(older) => self.kept[older].newer = Some(key),
            None => self.oldest = Some(key),
        }
        self.newest = Some(key);
        self.lanes.entry(lane).or_default().kept = Some(key);
        before
    }

    /// The kept connection that was used longest ago, of whichever lane.
    pub(super) fn take_oldest(&mut self) -> Option<Connection> {
        let lane = self.kept[self.oldest?].lane;
        self.take(lane)
    }

    /// Ends the exchanges of a lane and gives back its kept connection.
    pub(super) fn close(&mut self, lane: u32) -> Option<Connection> {
        let mut next = self.lanes.get(&lane).and_then(|one| one.flight);
        while let Some(key) = next {
            let flight = &mut self.flights[key];
            flight.closed = true;
            if let Some(waker) = flight.waker.take() {
                waker.wake();
            }
            next = flight.next;
        }
        self.take(lane)
    }

    fn unlink(&mut self, key: usize) -> Connection {
        let kept = self.kept.remove(key);
        match kept.older {
            Some(older) => self.kept[older].newer = kept.newer,
            None => self.oldest = kept.newer,
        }
        match kept.newer {
            Some(newer) => self.kept[newer].older = kept.older,
            None => self.newest = kept.older,
        }
        kept.connection
    }

    fn forget_if_empty(&mut self, lane: u32) {
        if self.lanes.get(&lane).is_some_and(|one| one.kept.is_none() && one.flight.is_none()) {
            self.lanes.remove(&lane);
        }
    }

    fn begin(&mut self, lane: u32) -> usize {
        let of_lane = self.lanes.entry(lane).or_default();
        let flight = Flight { waker: None, closed: false, next: of_lane.flight };
        let key = self.flights.insert(flight);
        of_lane.flight = Some(key);
        key
    }

    /// Whether the exchange was ended; if not, it will be woken when it is.
    fn is_closed(&mut self, key: usize, waker: &Waker) -> bool {
        let flight = &mut self.flights[key];
        match &mut flight.waker {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        flight.closed
    }

    fn end(&mut self, lane: u32, key: usize) {
        let next = self.flights.remove(key).next;
        let of_lane = self.lanes.entry(lane).or_default();
        if of_lane.flight == Some(key) {
            of_lane.flight = next;
        } else {
            let mut at = of_lane.flight;
            while let Some(one) = at {
                at = self.flights[one].next;
                if at == Some(key) {
                    self.flights[one].next = next;
                    break;
                }
            }
        }
        self.forget_if_empty(lane);
    }
}

/// What `work` gives; nothing if the lane was closed before.
pub(super) async fn unless_closed<T>(
    lanes: &RefCell<Lanes>,
    lane: u32,
    mut work: Pin<&mut impl Future<Output = T>>,
) -> Option<T> {
    let key = lanes.borrow_mut().begin(lane);
    let guard = Guard { lanes, lane, key };
    let watched = std::future::poll_fn(|cx: &mut Context<'_>| {
        if lanes.borrow_mut().is_closed(guard.key, cx.waker()) {
            return Poll::Ready(None);
        }
        work.as_mut().poll(cx).map(Some)
    });
    watched.await
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.lanes.borrow_mut().end(self.lane, self.key);
    }
}
