//! What a load client counted since it began.

use std::cell::Cell;

use super::ConnectionUse;

/// Totals of one load client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientCounters {
    /// Exchanges begun.
    pub exchanges: u64,
    /// TCP connections made.
    pub connections_opened: u64,
    /// Sockets open now, those still connecting included.
    pub connections_open: usize,
    /// Most sockets open at once.
    pub connections_peak: usize,
    /// Kept connections closed to make room for other lanes.
    pub connections_evicted: u64,
    /// Kept connections the server had closed before they were used again.
    pub connections_found_closed: u64,
    /// Full TLS handshakes.
    pub handshakes_full: u64,
    /// Resumed TLS handshakes.
    pub handshakes_resumed: u64,
    /// Exchanges on a kept connection.
    pub reused: u64,
    /// Requests sent again because the kept connection died.
    pub resent: u64,
    /// Exchanges that had to wait for a free socket.
    pub waited: u64,
    /// Bytes given to sockets.
    pub bytes_sent: u64,
    /// Bytes taken from sockets.
    pub bytes_received: u64,
}

/// The counters of a shard: one thread, so no atomics.
#[derive(Default)]
pub(super) struct Counting(Cell<ClientCounters>);

impl Counting {
    pub(super) fn read(&self) -> ClientCounters {
        self.0.get()
    }

    pub(super) fn add(&self, change: impl FnOnce(&mut ClientCounters)) {
        let mut all = self.0.get();
        change(&mut all);
        self.0.set(all);
    }

    pub(super) fn carried(&self, by: ConnectionUse) {
        self.add(|all| match by {
            ConnectionUse::FullHandshake => all.handshakes_full += 1,
            ConnectionUse::ResumedHandshake => all.handshakes_resumed += 1,
            ConnectionUse::Reused => all.reused += 1,
            ConnectionUse::None | ConnectionUse::Plain => {}
        });
    }
}
