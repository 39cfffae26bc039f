//! The journal of a run: what happened, in order, in a form that outlives Muster.
//!
//! - [`entry`]: the versioned entry types
//! - [`exchange`]: one request and what came back, bytes and all
//! - [`writer`]: JSON Lines under zstd; a file carries its name only once it is whole
//! - [`reader`]: streams a journal back in bounded memory, with precise errors
//! - [`redact`]: what never reaches the disk
//! - [`memory`]: a sink that keeps entries in memory
//! - [`Sink`]: how entries leave a shard

pub mod entry;
mod error;
pub mod exchange;
pub mod memory;
pub mod reader;
pub mod redact;
pub mod writer;

pub use entry::{Entry, Event, Header, JourneyOutcome, ScenarioInfo, TargetInfo, TimeMode};
pub use error::{Error, Fault};
pub use exchange::{
    Answer, Body, Deviation, Exchange, ExchangeOutcome, FailureCause, HttpMessage, Intent, PeerTls,
};
pub use memory::Recorder;
pub use reader::Reader;
pub use redact::Redactor;
pub use writer::{FileWriter, Writer};

/// Takes the entries of one shard, in order. What a sink collects can be merged with another's.
pub trait Sink {
    /// Takes one entry.
    fn record(&mut self, entry: &Entry);
}
