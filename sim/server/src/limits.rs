//! What one connection, and all of them together, may cost.

use std::time::Duration;

use muster_wire::limits::MESSAGE_BYTES_MAX;

use crate::message::Listener;

/// Limits of a server behind sockets. Whoever meets one is told so (HTTP 408, 413 or 431) as far as
/// that is still possible, and the connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a message of a product instance. Files that operators bring to the administration
    /// address may be as long as any message can.
    pub body_bytes_max: usize,
    /// Bytes of the head of a request; the longest URL and headers of an agent need 2 KiB.
    pub head_bytes_max: usize,
    /// Headers of a request; Smart Agents send under ten.
    pub headers_max: usize,
    /// Connections of product instances. One for each of the documented 50,000, and some for
    /// probes and reconnects; more wait in the kernel's backlog.
    pub connections_max: usize,
    /// Time for a TLS handshake: it takes milliseconds; a client on a loaded machine may take
    /// seconds.
    pub handshake_time_max: Duration,
    /// Time for the head of a request, idle time between requests included: over the minute that
    /// clients commonly keep an unused connection.
    pub head_time_max: Duration,
    /// Time for a body. 1 MiB in 30 s is slower than any link to a test server.
    pub body_time_max: Duration,
    /// Time in which the other side must take at least a part of an answer.
    pub write_time_max: Duration,
}

impl Limits {
    pub(crate) fn body_bytes_max_of(&self, listener: Listener) -> usize {
        match listener {
            Listener::Admin => MESSAGE_BYTES_MAX,
            Listener::ProductHttps | Listener::ProductHttp => self.body_bytes_max,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            head_bytes_max: 16 * 1024,
            headers_max: 64,
            connections_max: 60_000,
            handshake_time_max: Duration::from_secs(10),
            head_time_max: Duration::from_secs(75),
            body_time_max: Duration::from_secs(30),
            write_time_max: Duration::from_secs(30),
        }
    }
}
