//! A judge in front of a journal of failures: what a check says of an exchange decides whether its
//! journey is written.

use muster_journal::{Entry, Failures, FailuresKept, Interest, Sink};

use crate::check::Judgement;
use crate::judge::Judge;

/// Judges each entry, then hands it on with the verdict.
#[derive(Debug)]
pub struct Judged<S> {
    judge: Judge,
    failures: Failures<S>,
}

impl<S: Sink> Judged<S> {
    /// Puts the judge in front of the journal.
    #[must_use]
    pub const fn new(judge: Judge, failures: Failures<S>) -> Self {
        Self { judge, failures }
    }

    /// The judge, the sink of the journal, and what became of the journeys.
    pub fn finish(self) -> (Judge, S, FailuresKept) {
        let (to, kept) = self.failures.finish();
        (self.judge, to, kept)
    }
}

impl<S: Sink> Sink for Judged<S> {
    fn record(&mut self, entry: &Entry) {
        let mut failed = false;
        self.judge.record_with(entry, &mut |_, judgement| {
            failed |= matches!(judgement, Judgement::Violates { .. });
        });
        self.failures.take(entry, failed);
    }

    fn interest(&self) -> Interest {
        self.judge.interest().max(self.failures.interest())
    }
}
