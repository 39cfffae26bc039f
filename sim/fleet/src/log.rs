//! Numbers entries and hands them to every sink of the shard.

use muster_journal::{Entry, Event, Exchange, Interest, Numbers, Sink};

/// The journal side of one shard.
pub struct Log<'a> {
    numbers: Numbers,
    sinks: Vec<&'a mut dyn Sink>,
    interest: Interest,
}

impl<'a> Log<'a> {
    /// A log that starts at entry 1.
    pub fn new(sinks: Vec<&'a mut dyn Sink>) -> Self {
        Self::numbered(sinks, Numbers::of_shard(0, 1))
    }

    /// A log that numbers its entries so.
    pub fn numbered(sinks: Vec<&'a mut dyn Sink>, numbers: Numbers) -> Self {
        let interests = sinks.iter().map(|sink| sink.interest());
        let interest = interests.max().unwrap_or(Interest::Course);
        Self { numbers, sinks, interest }
    }

    /// Whether any sink has a use for entries that no verdict is made from.
    pub const fn wants_everything(&self) -> bool {
        matches!(self.interest, Interest::Everything)
    }

    /// Whether any sink has a use for exchanges, and for who takes part in them.
    pub const fn wants_exchanges(&self) -> bool {
        !matches!(self.interest, Interest::Course)
    }

    /// Records one event that verdicts are made from.
    pub fn record(
        &mut self,
        at_ms: u64,
        journey: Option<u32>,
        instance: Option<u32>,
        event: Event,
    ) {
        self.take(at_ms, journey, instance, event);
    }

    /// Records one event that no verdict is made from; it is only made when a sink wants it.
    pub fn note(
        &mut self,
        at_ms: u64,
        journey: Option<u32>,
        instance: Option<u32>,
        event: impl FnOnce() -> Event,
    ) {
        if self.wants_everything() {
            self.take(at_ms, journey, instance, event());
        }
    }

    /// Records an exchange and gives it back: the one who sent it goes on with what came.
    pub fn exchange(
        &mut self,
        at_ms: u64,
        journey: u32,
        instance: u32,
        exchange: Box<Exchange>,
    ) -> Box<Exchange> {
        if !self.wants_exchanges() {
            return exchange;
        }
        let event = Event::Exchange(exchange);
        match self.take(at_ms, Some(journey), Some(instance), event) {
            Event::Exchange(exchange) => exchange,
            _ => unreachable!("an entry keeps its event"),
        }
    }

    fn take(
        &mut self,
        at_ms: u64,
        journey: Option<u32>,
        instance: Option<u32>,
        event: Event,
    ) -> Event {
        let seq = self.numbers.next().expect("numbers never end");
        let entry = Entry { seq, at_ms, journey, instance, event };
        for sink in &mut self.sinks {
            sink.record(&entry);
        }
        entry.event
    }
}
