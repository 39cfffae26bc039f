//! TLS sessions of one server, to be resumed by any lane.

use std::collections::VecDeque;
use std::sync::Mutex;

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;

/// Every TLS 1.3 ticket is used once, so a fleet needs as many as it has handshakes under way;
/// rustls' own store keeps 8 per server. A ticket holds the server's chain: about 2 KiB.
pub(super) const TICKETS_MAX: usize = 2_048;

/// The sessions; one store belongs to one server, so names are not looked at.
pub(super) struct Tickets {
    held: Mutex<Held>,
    tickets_max: usize,
}

#[derive(Default)]
struct Held {
    group: Option<NamedGroup>,
    tls12: Option<Tls12ClientSessionValue>,
    tls13: VecDeque<Tls13ClientSessionValue>,
}

impl Tickets {
    pub(super) fn new(tickets_max: usize) -> Self {
        Self { held: Mutex::default(), tickets_max: tickets_max.clamp(8, TICKETS_MAX) }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().expect("nothing panics while it holds the tickets")
    }
}

impl std::fmt::Debug for Tickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tickets").field("held", &self.held().tls13.len()).finish_non_exhaustive()
    }
}

impl ClientSessionStore for Tickets {
    fn set_kx_hint(&self, _: ServerName<'static>, group: NamedGroup) {
        self.held().group = Some(group);
    }

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.held().group
    }

    fn set_tls12_session(&self, _: ServerName<'static>, session: Tls12ClientSessionValue) {
        self.held().tls12 = Some(session);
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.held().tls12.clone()
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {
        self.held().tls12 = None;
    }

    fn insert_tls13_ticket(&self, _: ServerName<'static>, ticket: Tls13ClientSessionValue) {
        let mut held = self.held();
        if held.tls13.len() == self.tickets_max {
            held.tls13.pop_front();
        }
        held.tls13.push_back(ticket);
    }

    /// The youngest: a server that remembers few sessions has forgotten the oldest.
    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.held().tls13.pop_back()
    }
}
