//! The HTTP/1.1 client of load runs: one per shard, single-threaded, cheap enough that the client
//! is not what a run measures. It carries bytes and knows nothing of licensing.
//!
//! - [`client`]: one exchange from slot to answer; [`lanes`]: what each lane keeps
//! - [`connection`], [`session`]: a socket, with or without TLS; [`buffers`]: what they read into
//! - [`place`], [`sources`], [`budget`]: where to, where from, and how many at once
//! - [`request`], [`answer`], [`chunked`]: HTTP/1.1, without I/O
//! - [`tls_setup`], [`tickets`], [`chain_cache`]: what TLS offers, resumes and remembers

mod answer;
mod budget;
mod buffers;
mod chain_cache;
mod chunked;
mod client;
mod connection;
mod counters;
mod lanes;
mod place;
mod request;
mod session;
mod sources;
mod tickets;
mod tls_setup;

use std::net::IpAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use muster_journal::PeerTls;

pub use client::LoadClient;
pub use counters::ClientCounters;

use super::certificate::{StrictVerifier, Trust};
use super::wire::Wire;
use super::{Call, ClientOptions, Received, TlsSetupError, Undelivered, late, proxy, usable};
use crate::target::EndpointUrl;

/// How a load client connects, and its limits.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// Each lane keeps its connection between exchanges; otherwise one connection per exchange.
    pub keep_alive: bool,
    /// TLS sessions are resumed, from one store per server that all lanes share; otherwise never.
    pub resumption: bool,
    /// Source addresses, used in turn; where none is of the server's family, the OS chooses.
    pub sources: Vec<IpAddr>,
    /// Most sockets open at once; keep it below the limit of file descriptors.
    pub connections_max: usize,
    /// For name resolution, each TCP connection and the TLS handshake, each.
    pub connect_ms_max: u64,
    /// From the request's first byte to the answer's last byte.
    pub answer_ms_max: u64,
    /// Bytes of an answer body.
    pub answer_bytes_max: usize,
    /// A server's chain is verified in every full handshake; otherwise once, and again when it is
    /// another or no longer valid. The signature of the handshake is checked every time.
    pub verify_every_chain: bool,
}

impl Default for LoadOptions {
    /// As a product instance connects, once per exchange; deadlines and limits of the one-off
    /// client; 4,096 sockets.
    fn default() -> Self {
        let limits = ClientOptions::default();
        Self {
            keep_alive: false,
            resumption: false,
            sources: Vec::new(),
            connections_max: 4_096,
            connect_ms_max: limits.connect_ms_max,
            answer_ms_max: limits.answer_ms_max,
            answer_bytes_max: limits.answer_bytes_max,
            verify_every_chain: false,
        }
    }
}

/// One request, borrowed from whoever made it.
#[derive(Clone, Copy, Debug)]
pub struct LoadRequest<'a> {
    /// Where to.
    pub url: &'a EndpointUrl,
    /// `POST` or `GET`.
    pub method: &'a str,
    /// Headers, names in lower case. `content-length` is added; `host` where it is missing.
    pub headers: &'a [(String, String)],
    /// Body bytes.
    pub body: &'a [u8],
    /// Whether the answer's headers are kept as text; they cost an allocation or two each.
    pub headers_wanted: bool,
}

impl<'a> LoadRequest<'a> {
    /// The request of a call, with the answer's headers wanted.
    pub fn of(call: &'a Call) -> Self {
        Self {
            url: &call.url,
            method: &call.method,
            headers: &call.headers,
            body: &call.body,
            headers_wanted: true,
        }
    }
}

/// What came of an exchange.
#[derive(Clone, Debug)]
pub struct LoadReply {
    /// The answer or why there was none.
    pub result: Result<Received, Undelivered>,
    /// What the TLS connection showed; shared by every exchange that saw the same.
    pub tls: Option<Rc<PeerTls>>,
    /// Time spent waiting for a free socket, under no deadline.
    pub waited: Duration,
    /// When the first byte of the request (as last sent) went to the socket; none where nothing
    /// was sent.
    pub sent_at: Option<Instant>,
    /// When the exchange was over.
    pub ended_at: Instant,
    /// What carried it.
    pub used: ConnectionUse,
    /// Bytes given to sockets, handshakes included; of TLS with a proxy, what it carries.
    pub bytes_sent: u64,
    /// Bytes taken from sockets, handshakes included; of TLS with a proxy, what it carries.
    pub bytes_received: u64,
    /// The kept connection had died, and the request was sent again on a new one.
    pub resent: bool,
}

/// What carried an exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectionUse {
    /// No connection came about.
    #[default]
    None,
    /// The lane's kept connection.
    Reused,
    /// A new connection without TLS.
    Plain,
    /// A new connection and a full TLS handshake.
    FullHandshake,
    /// A new connection and a resumed TLS session.
    ResumedHandshake,
}
