//! What the bench server saw, so that numbers are taken from outside the client: counted in the
//! server, read over a plain HTTP page of its own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, broken, io};

/// Requests answered as they were meant.
pub(crate) static REQUESTS: AtomicU64 = AtomicU64::new(0);
/// Requests that were not what the bench asks for: another method, another length, unreadable.
pub(crate) static BAD: AtomicU64 = AtomicU64::new(0);
/// Connections that ended with an error.
pub(crate) static BROKEN: AtomicU64 = AtomicU64::new(0);
/// Connections open now, handshake done.
pub(crate) static OPEN: AtomicU64 = AtomicU64::new(0);
/// TLS handshakes with a full key exchange and certificate.
pub(crate) static FULL: AtomicU64 = AtomicU64::new(0);
/// TLS handshakes that resumed an earlier session.
pub(crate) static RESUMED: AtomicU64 = AtomicU64::new(0);
/// Distinct serial numbers that asked for trust.
pub(crate) static TRUSTED: AtomicU64 = AtomicU64::new(0);
/// RUM reports received.
pub(crate) static REPORTS: AtomicU64 = AtomicU64::new(0);
/// Deferred results fetched.
pub(crate) static POLLS: AtomicU64 = AtomicU64::new(0);
/// RUM reports whose acknowledgement was fetched.
pub(crate) static ACKNOWLEDGED: AtomicU64 = AtomicU64::new(0);

const PAGE: [(&str, &AtomicU64); 10] = [
    ("requests", &REQUESTS),
    ("bad", &BAD),
    ("broken", &BROKEN),
    ("open", &OPEN),
    ("full", &FULL),
    ("resumed", &RESUMED),
    ("trusted", &TRUSTED),
    ("reports", &REPORTS),
    ("polls", &POLLS),
    ("acknowledged", &ACKNOWLEDGED),
];

/// Longest wait for the page, which shares a core with a busy server.
const PAGE_TIME_MAX: Duration = Duration::from_secs(10);

/// Adds to a counter.
pub(crate) fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counters {
    /// When, microseconds on the server's own clock.
    pub(crate) at_us: u64,
    pub(crate) requests: u64,
    pub(crate) bad: u64,
    pub(crate) open: u64,
    pub(crate) full: u64,
    pub(crate) resumed: u64,
    pub(crate) trusted: u64,
    pub(crate) polls: u64,
    pub(crate) acknowledged: u64,
}

impl Counters {
    /// Reads the page at `address`.
    pub(crate) fn read(address: SocketAddr) -> Result<Self, Error> {
        let unread = || io("the counters of the bench server");
        let mut stream = TcpStream::connect(address).map_err(unread())?;
        stream.set_read_timeout(Some(PAGE_TIME_MAX)).map_err(unread())?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: counters\r\n\r\n").map_err(unread())?;
        let mut page = String::new();
        stream.read_to_string(&mut page).map_err(unread())?;
        let (_, body) = page.split_once("\r\n\r\n").unwrap_or_default();
        let page: serde_json::Value = serde_json::from_str(body)
            .map_err(|error| broken(format!("the counters of the bench server: {error}")))?;
        let count = |name: &str| page[name].as_u64().unwrap_or_default();
        Ok(Self {
            at_us: count("at_us"),
            requests: count("requests"),
            bad: count("bad"),
            open: count("open"),
            full: count("full"),
            resumed: count("resumed"),
            trusted: count("trusted"),
            polls: count("polls"),
            acknowledged: count("acknowledged"),
        })
    }
}

/// Serves the page for ever, one reader after the other.
pub(crate) fn serve(listener: &TcpListener) {
    let started = Instant::now();
    for stream in listener.incoming() {
        // A reader that went away reads nothing; the next one is served.
        let _ = stream.and_then(|stream| answer(stream, started));
    }
}

fn answer(mut stream: TcpStream, started: Instant) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PAGE_TIME_MAX))?;
    let mut request = [0; 1024];
    let _ = stream.read(&mut request)?;
    let mut body = format!("{{\"at_us\":{}", started.elapsed().as_micros());
    for (name, counter) in PAGE {
        body.push_str(&format!(",\"{name}\":{}", counter.load(Ordering::Relaxed)));
    }
    body.push('}');
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    stream.write_all(format!("{head}{body}").as_bytes())
}
