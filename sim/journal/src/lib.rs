//! The journal of a run: what happened, in order, in a form that outlives Muster.
//!
//! - [`entry`]: the versioned entry types
//! - [`exchange`]: one request and what came back, bytes and all
//! - [`load`]: what a load run measured
//! - [`writer`]: JSON Lines under zstd; a file carries its name only once it is whole
//! - [`reader`]: streams a journal back in bounded memory, with precise errors
//! - [`redact`]: what never reaches the disk
//! - [`memory`]: a sink that keeps entries in memory
//! - [`sampled`], [`failures`]: sinks that leave entries out, for runs too large for all of them
//! - [`batch`]: how the entries of several shards come into one journal
//! - [`Sink`]: how entries leave a shard

pub mod batch;
pub mod entry;
mod error;
pub mod exchange;
pub mod failures;
mod keeping;
pub mod load;
pub mod memory;
pub mod reader;
pub mod redact;
pub mod sampled;
pub mod writer;

pub use batch::{Batches, Numbers};
pub use entry::{
    Entry, Event, Header, JourneyOutcome, Sampling, ScenarioInfo, TargetInfo, TimeMode,
};
pub use error::{Error, Fault};
pub use exchange::{
    Answer, Body, Deviation, Exchange, ExchangeOutcome, FailureCause, HttpMessage, Intent, PeerTls,
    Reading,
};
pub use failures::{ContextLimits, Failures, FailuresKept};
pub use load::LoadSummary;
pub use memory::Recorder;
pub use reader::Reader;
pub use redact::Redactor;
pub use sampled::Sampled;
pub use writer::{FileWriter, Writer};

/// Takes the entries of one shard, in order. What a sink collects can be merged with another's.
pub trait Sink {
    /// Takes one entry.
    fn record(&mut self, entry: &Entry);

    /// Which entries it has a use for; others may be left out to save the work of making them.
    fn interest(&self) -> Interest {
        Interest::Everything
    }
}

/// Which entries a sink has a use for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interest {
    /// How journeys and the run go: no exchange, no instance.
    Course,
    /// Journeys, instances joining, exchanges, hooks, expectations and the run itself: what
    /// verdicts are made from.
    Verdicts,
    /// Those, and each step, state change, timer and log line.
    Everything,
}
