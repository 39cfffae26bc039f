//! A journal of failures: the last entries of each journey wait in memory, and are written only
//! when somebody says that something was wrong with that journey.

use std::collections::{BTreeMap, VecDeque};

use crate::entry::Sampling;
use crate::{Entry, Event, Interest, JourneyOutcome, Sink};

/// What the waiting entries may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextLimits {
    /// Entries kept of each journey, beside those that open it.
    pub entries_max: u32,
    /// Bytes kept of each journey.
    pub journey_bytes_max: u64,
    /// Bytes kept of all journeys together.
    pub bytes_max: u64,
}

/// Enough for a trust request, a report and a poll of each of 50,000 instances that wait.
impl Default for ContextLimits {
    fn default() -> Self {
        Self { entries_max: 12, journey_bytes_max: 64 * 1024, bytes_max: 256 * 1024 * 1024 }
    }
}

/// What a journal of failures came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FailuresKept {
    /// Journeys with a failure: all are in the journal.
    pub journeys_failed: u64,
    /// Journeys whose waiting entries were dropped for want of room; if one failed later, the
    /// journal holds less of it than it should.
    pub contexts_dropped: u64,
    /// Of the journeys with a failure, those that had been dropped before.
    pub failed_without_context: u64,
}

/// Holds the entries of journeys back until one of theirs fails, then passes on what it holds, in
/// order and under the numbers they have. Entries that belong to no journey pass at once.
#[derive(Debug)]
pub struct Failures<S> {
    to: S,
    limits: ContextLimits,
    contexts: BTreeMap<u32, Context>,
    /// Number of the last entry to its journey: the least is the one unheard of for longest.
    ages: BTreeMap<u64, u32>,
    /// Entries taken, which number the ages.
    taken: u64,
    bytes: u64,
    kept: FailuresKept,
}

/// What waits of one journey.
#[derive(Debug, Default)]
struct Context {
    /// How the journey and its instances began: without it, the rest cannot be judged.
    opening: Vec<Entry>,
    last: VecDeque<(Entry, u64)>,
    bytes: u64,
    age: u64,
    failed: bool,
    dropped: bool,
}

impl<S: Sink> Failures<S> {
    /// Nothing waits yet.
    pub const fn new(to: S, limits: ContextLimits) -> Self {
        Self {
            to,
            limits,
            contexts: BTreeMap::new(),
            ages: BTreeMap::new(),
            taken: 0,
            bytes: 0,
            kept: FailuresKept {
                journeys_failed: 0,
                contexts_dropped: 0,
                failed_without_context: 0,
            },
        }
    }

    /// What the header of such a journal says.
    pub const fn sampling(limits: ContextLimits) -> Sampling {
        let ContextLimits { entries_max, journey_bytes_max, bytes_max } = limits;
        Sampling::FailuresWithContext { entries_max, journey_bytes_max, bytes_max }
    }

    /// Takes an entry; `failed` says that a check found the exchange wanting. An unmet expectation
    /// and a journey that breaks off fail by themselves.
    pub fn take(&mut self, entry: &Entry, failed: bool) {
        let Some(journey) = entry.journey.filter(|_| !entry.event.is_about_the_run()) else {
            self.to.record(entry);
            return;
        };
        if failed || is_failure(&entry.event) {
            self.release(journey);
            self.to.record(entry);
        } else if matches!(entry.event, Event::JourneyFinished { .. }) {
            if self.contexts.get(&journey).is_some_and(|context| context.failed) {
                self.to.record(entry);
            }
        } else {
            self.hold(journey, entry);
        }
        if matches!(entry.event, Event::JourneyFinished { .. }) {
            self.forget(journey);
        }
    }

    /// Bytes that wait.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The sink the entries went to, and what became of the rest.
    pub fn finish(self) -> (S, FailuresKept) {
        (self.to, self.kept)
    }

    /// Passes on what waits of a journey.
    fn release(&mut self, journey: u32) {
        let context = self.contexts.entry(journey).or_default();
        if !context.failed {
            context.failed = true;
            self.kept.journeys_failed += 1;
            self.kept.failed_without_context += u64::from(context.dropped);
        }
        let last = context.last.drain(..).map(|(entry, _)| entry);
        let mut waiting: Vec<_> = context.opening.drain(..).chain(last).collect();
        // An instance may join in the middle of a journey.
        waiting.sort_by_key(|entry| entry.seq);
        waiting.iter().for_each(|entry| self.to.record(entry));
        self.bytes -= std::mem::take(&mut context.bytes);
    }

    fn hold(&mut self, journey: u32, entry: &Entry) {
        self.taken += 1;
        let context = self.contexts.entry(journey).or_default();
        self.ages.remove(&context.age);
        context.age = self.taken;
        self.ages.insert(context.age, journey);
        let before = context.bytes;
        let bytes = entry.bytes();
        if matches!(entry.event, Event::JourneyStarted { .. } | Event::InstanceJoined { .. }) {
            context.opening.push(entry.without_reading());
        } else {
            context.last.push_back((entry.without_reading(), bytes));
        }
        context.bytes += bytes;
        let limits = self.limits;
        context.shrink(limits.entries_max as usize, limits.journey_bytes_max);
        self.bytes = self.bytes - before + context.bytes;
        while self.bytes > self.limits.bytes_max && self.drop_oldest() {}
    }

    /// Drops what waits of the journey unheard of for longest; false when nothing waits.
    fn drop_oldest(&mut self) -> bool {
        let Some((_, journey)) = self.ages.pop_first() else { return false };
        let Some(context) = self.contexts.get_mut(&journey) else { return true };
        if context.bytes == 0 {
            return true;
        }
        self.bytes -= context.bytes;
        self.kept.contexts_dropped += u64::from(!context.dropped);
        let (age, failed) = (context.age, context.failed);
        *context = Context { age, failed, dropped: true, ..Context::default() };
        true
    }

    fn forget(&mut self, journey: u32) {
        if let Some(context) = self.contexts.remove(&journey) {
            self.ages.remove(&context.age);
            self.bytes -= context.bytes;
        }
    }
}

impl Context {
    /// Lets go of the oldest entries, and of the opening last.
    fn shrink(&mut self, entries_max: usize, bytes_max: u64) {
        while self.last.len() > entries_max || self.bytes > bytes_max {
            let gone = match self.last.pop_front() {
                Some((_, bytes)) => bytes,
                None => self.opening.pop().map_or(self.bytes, |entry| entry.bytes()),
            };
            self.bytes -= gone;
        }
    }
}

impl<S: Sink> Sink for Failures<S> {
    fn record(&mut self, entry: &Entry) {
        self.take(entry, false);
    }

    /// What a verdict is made from is what shows a failure.
    fn interest(&self) -> Interest {
        Interest::Verdicts
    }
}

const fn is_failure(event: &Event) -> bool {
    match event {
        Event::Expectation { met, .. } => !*met,
        Event::JourneyFinished { outcome } => matches!(outcome, JourneyOutcome::Broken { .. }),
        _ => false,
    }
}
