//! A sink that keeps entries in memory, for checks of a running shard and for tests.

use crate::{Entry, Sink};

/// Keeps every entry, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorder {
    /// The entries so far.
    pub entries: Vec<Entry>,
}

impl Recorder {
    /// A recorder without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// The entries, given away.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }
}

impl Sink for Recorder {
    fn record(&mut self, entry: &Entry) {
        self.entries.push(entry.clone());
    }
}
