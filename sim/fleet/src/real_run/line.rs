//! How a shard's exchanges travel: one connection per exchange over hyper, or the load client.

use std::time::Instant;

use muster_journal::FailureCause;
use muster_journal::load::Traffic;

use crate::measure::ConnectionUse;
use crate::transport::{self, Call, Client, LoadClient, LoadRequest, Reply, Undelivered};

/// The clients of a shard. Probes of the target, hooks and runs without load use the first.
#[derive(Clone)]
pub struct Lines {
    /// One connection per exchange, everything about it recorded.
    pub single: Client,
    /// The client of a load run.
    pub load: Option<LoadClient>,
    /// Whether the headers of answers are of use to anybody.
    pub headers_wanted: bool,
}

/// A reply, and how it travelled.
pub(super) struct Travelled {
    pub(super) reply: Reply,
    /// When its first byte was sent; none when it never was.
    pub(super) sent_at: Option<Instant>,
    pub(super) ended_at: Instant,
    pub(super) connection: ConnectionUse,
    pub(super) bytes_sent: u64,
    pub(super) bytes_received: u64,
    pub(super) is_resent: bool,
}

impl Travelled {
    /// An exchange of an instance that has no network.
    pub(super) fn nowhere() -> Self {
        let lost = Undelivered::new(FailureCause::Connect, "the instance has no network");
        Self {
            reply: Reply { result: Err(lost), tls: None, elapsed_us: 0 },
            sent_at: None,
            ended_at: Instant::now(),
            connection: ConnectionUse::None,
            bytes_sent: 0,
            bytes_received: 0,
            is_resent: false,
        }
    }
}

impl Lines {
    /// One connection per exchange and nothing else.
    pub const fn single(client: Client) -> Self {
        Self { single: client, load: None, headers_wanted: true }
    }

    /// Sends one call for the instance in `slot`.
    pub(super) async fn exchange(&self, slot: u32, call: &Call) -> Travelled {
        match &self.load {
            Some(client) => loaded(client, slot, call, self.headers_wanted).await,
            // Boxed: it is many times larger, and a load run would move it about in vain.
            None => Box::pin(single(&self.single, call)).await,
        }
    }

    /// The instance in `slot` lost its connections.
    pub(super) fn cut(&self, slot: u32) {
        if let Some(client) = &self.load {
            client.close_lane(slot);
        }
    }

    /// Bytes and connections so far, where a client counts them.
    pub(super) fn traffic(&self) -> Traffic {
        let Some(client) = &self.load else { return Traffic::default() };
        let counted = client.counters();
        Traffic {
            bytes_sent: counted.bytes_sent,
            bytes_received: counted.bytes_received,
            connections: counted.connections_opened,
            handshakes_full: counted.handshakes_full,
            handshakes_resumed: counted.handshakes_resumed,
            reused: counted.reused,
        }
    }
}

async fn single(client: &Client, call: &Call) -> Travelled {
    let sent_at = Instant::now();
    let reply = client.exchange(call).await;
    let received = reply.result.as_ref().map_or(0, |received| received.body.len());
    let connection = match &reply.tls {
        Some(_) => ConnectionUse::FullHandshake,
        None => ConnectionUse::Plain,
    };
    Travelled {
        reply,
        sent_at: Some(sent_at),
        ended_at: Instant::now(),
        connection,
        bytes_sent: call.body.len() as u64,
        bytes_received: received as u64,
        is_resent: false,
    }
}

async fn loaded(client: &LoadClient, slot: u32, call: &Call, headers_wanted: bool) -> Travelled {
    let request = LoadRequest { headers_wanted, ..LoadRequest::of(call) };
    let came = client.exchange(slot, &request).await;
    let since = |sent_at: Instant| came.ended_at.saturating_duration_since(sent_at).as_micros();
    let elapsed_us = came.sent_at.map_or(0, |sent_at| u64::try_from(since(sent_at)).unwrap_or(0));
    let connection = match came.used {
        transport::ConnectionUse::None => ConnectionUse::None,
        transport::ConnectionUse::Reused => ConnectionUse::Reused,
        transport::ConnectionUse::Plain => ConnectionUse::Plain,
        transport::ConnectionUse::FullHandshake => ConnectionUse::FullHandshake,
        transport::ConnectionUse::ResumedHandshake => ConnectionUse::ResumedHandshake,
    };
    let tls = came.tls.as_deref().cloned();
    Travelled {
        reply: Reply { result: came.result, tls, elapsed_us },
        sent_at: came.sent_at,
        ended_at: came.ended_at,
        connection,
        bytes_sent: came.bytes_sent,
        bytes_received: came.bytes_received,
        is_resent: came.resent,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::target::EndpointUrl;
    use crate::transport::{ClientOptions, LoadOptions};

    #[test]
    fn an_exchange_under_way_takes_little_memory() {
        let lines = Lines {
            single: Client::new(&[], ClientOptions::default()).unwrap(),
            load: Some(LoadClient::new(&[], LoadOptions::default()).unwrap()),
            headers_wanted: false,
        };
        let call = Call {
            endpoint: "cslu".into(),
            url: Arc::new(EndpointUrl::parse("https://127.0.0.1/").unwrap()),
            method: "POST".into(),
            headers: Arc::default(),
            body: Vec::new(),
        };
        // A fleet may have ten thousand of them, and each is moved several times.
        assert!(size_of_val(&lines.exchange(0, &call)) <= 2_560);
    }
}
