//! Numbers entries and hands them to every sink of the shard.

use muster_journal::{Entry, Event, Sink};

/// The journal side of one shard.
pub struct Log<'a> {
    seq: u64,
    sinks: Vec<&'a mut dyn Sink>,
}

impl<'a> Log<'a> {
    /// A log that starts at entry 1.
    pub fn new(sinks: Vec<&'a mut dyn Sink>) -> Self {
        Self { seq: 0, sinks }
    }

    /// Records one event.
    pub fn record(
        &mut self,
        at_ms: u64,
        journey: Option<u32>,
        instance: Option<u32>,
        event: Event,
    ) {
        self.seq += 1;
        let entry = Entry { seq: self.seq, at_ms, journey, instance, event };
        for sink in &mut self.sinks {
            sink.record(&entry);
        }
    }
}
