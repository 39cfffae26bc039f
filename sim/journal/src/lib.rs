//! The journal of a run: what happened, in order, in a form that outlives Muster.
//!
//! - [`entry`]: the versioned entry types
//! - [`exchange`]: one request and what came back, bytes and all
//! - [`Sink`]: how entries leave a shard

pub mod entry;
pub mod exchange;

pub use entry::{Entry, Event, Header, JourneyOutcome, ScenarioInfo, TargetInfo, TimeMode};
pub use exchange::{
    Answer, Body, Deviation, Exchange, ExchangeOutcome, FailureCause, HttpMessage, Intent, PeerTls,
};

/// Takes the entries of one shard, in order. What a sink collects can be merged with another's.
pub trait Sink {
    /// Takes one entry.
    fn record(&mut self, entry: &Entry);
}
