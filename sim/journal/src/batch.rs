//! How entries of several shards come into one journal: each shard fills batches, one writer takes
//! them off a bounded channel.

use std::sync::mpsc::{Receiver, SyncSender};

use crate::{Entry, Interest, Sink};

/// The numbers of one shard's entries. Shards take turns, so a number stands for one entry of the
/// whole run although no shard knows how many the others have recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    next: u64,
    step: u64,
}

impl Numbers {
    /// The numbers of shard `shard` (from 0) of `shards`; with one shard, 1, 2, 3 and so on.
    pub fn of_shard(shard: u32, shards: u32) -> Self {
        Self { next: u64::from(shard) + 1, step: u64::from(shards.max(1)) }
    }
}

/// Never ends.
impl Iterator for Numbers {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let number = self.next;
        self.next += self.step;
        Some(number)
    }
}

/// The shard's end of the channel: a sink that sends what it is given, many entries at a time.
///
/// A writer that cannot keep up makes the shard wait, because a journal with holes that nobody
/// asked for is worse than a slow run; ask for a sampled one instead.
#[derive(Debug)]
pub struct Batches {
    to: SyncSender<Vec<Entry>>,
    batch: Vec<Entry>,
    batch_max: usize,
    is_heard: bool,
}

impl Batches {
    /// Sends batches of at most `batch_max` entries (at least one).
    pub fn new(to: SyncSender<Vec<Entry>>, batch_max: usize) -> Self {
        Self { to, batch: Vec::new(), batch_max: batch_max.max(1), is_heard: true }
    }

    /// Sends what there is. A writer that is gone has reported why; the rest is dropped.
    pub fn flush(&mut self) {
        if !self.batch.is_empty() && self.is_heard {
            let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(self.batch_max));
            self.is_heard = self.to.send(batch).is_ok();
        }
        self.batch.clear();
    }
}

impl Sink for Batches {
    fn record(&mut self, entry: &Entry) {
        self.batch.push(entry.without_reading());
        if self.batch.len() >= self.batch_max {
            self.flush();
        }
    }

    fn interest(&self) -> Interest {
        Interest::Everything
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Records every batch until all shards are done.
pub fn drain(batches: &Receiver<Vec<Entry>>, to: &mut impl Sink) {
    for entry in batches.iter().flatten() {
        to.record(&entry);
    }
}
