//! A journal of a part of the journeys: all entries of every n-th, none of the others.

use std::num::NonZeroU32;

use crate::entry::Sampling;
use crate::{Entry, Interest, Sink};

/// Passes on every entry of every n-th journey and the entries that belong to none, under the
/// numbers they have.
#[derive(Debug)]
pub struct Sampled<S> {
    to: S,
    every: NonZeroU32,
}

impl<S: Sink> Sampled<S> {
    /// Keeps journeys whose number `every` divides, beginning with 0.
    pub const fn new(to: S, every: NonZeroU32) -> Self {
        Self { to, every }
    }

    /// What the header of such a journal says.
    pub const fn sampling(every: NonZeroU32) -> Sampling {
        Sampling::EveryNthJourney { every: every.get() }
    }

    /// Whether an entry is kept.
    pub fn keeps(&self, entry: &Entry) -> bool {
        let kept = |journey: u32| journey.is_multiple_of(self.every.get());
        entry.journey.is_none_or(kept) || entry.event.is_about_the_run()
    }

    /// The sink the entries went to.
    pub fn into_inner(self) -> S {
        self.to
    }
}

impl<S: Sink> Sink for Sampled<S> {
    fn record(&mut self, entry: &Entry) {
        if self.keeps(entry) {
            self.to.record(entry);
        }
    }

    fn interest(&self) -> Interest {
        self.to.interest()
    }
}
