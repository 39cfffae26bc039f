//! A server of a few lines that keeps connections, for the load client: what it does with each
//! request is given, and it counts.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// An answer.
    Answer,
    /// An answer after a wait.
    Late(Duration),
    /// An answer, and then the end of the connection.
    AnswerAndEnd,
    /// The end of the connection without an answer.
    End,
    /// These bytes.
    Say(&'static [u8]),
    /// Nothing, until the other side goes.
    Freeze,
}

/// What the server saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) connections: AtomicUsize,
    pub(crate) requests: AtomicUsize,
    pub(crate) goodbyes: AtomicUsize,
    pub(crate) answering: AtomicUsize,
    pub(crate) answering_peak: AtomicUsize,
    pub(crate) sources: Mutex<BTreeMap<IpAddr, usize>>,
    pub(crate) last: Mutex<String>,
}

/// A running server; dropping it ends it.
pub(crate) struct LoadServer {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Arc<Seen>,
    ended: Arc<AtomicBool>,
}

impl LoadServer {
    /// `deed` is told which connection it is and which request of it, both from 0.
    pub(crate) fn start(
        tls: Option<Arc<ServerConfig>>,
        deed: impl Fn(usize, usize) -> Deed + Send + Sync + 'static,
    ) -> Self {
        Self::start_in_pieces(usize::MAX, tls, deed)
    }

    /// The same, with everything the server sends cut into pieces of so many bytes.
    pub(crate) fn start_in_pieces(
        bytes: usize,
        tls: Option<Arc<ServerConfig>>,
        deed: impl Fn(usize, usize) -> Deed + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, ended) = (Arc::<Seen>::default(), Arc::new(AtomicBool::new(false)));
        let server = Self { address, seen: Arc::clone(&seen), ended: Arc::clone(&ended) };
        let deed = Arc::new(deed);
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let stream = stream.unwrap();
                seen.connections.fetch_add(1, Ordering::SeqCst);
                let source = stream.peer_addr().unwrap().ip();
                *seen.sources.lock().unwrap().entry(source).or_default() += 1;
                stream.set_nodelay(true).unwrap();
                let stream = Pieces { stream, bytes };
                let (tls, deed, seen) = (tls.clone(), Arc::clone(&deed), Arc::clone(&seen));
                std::thread::spawn(move || match tls {
                    None => serve(stream, &seen, &|request| deed(number, request)),
                    Some(config) => {
                        let session = ServerConnection::new(config).unwrap();
                        let stream = StreamOwned::new(session, stream);
                        serve(stream, &seen, &|request| deed(number, request));
                    }
                });
            }
        });
        server
    }

    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://127.0.0.1:{}/drill?round=1", self.address.port())
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }
}

impl Drop for LoadServer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// A stream that sends no more than so many bytes at once.
struct Pieces {
    stream: TcpStream,
    bytes: usize,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.stream.read(into)
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.len() > self.bytes {
            // So that what was sent before is read before this comes.
            std::thread::sleep(Duration::from_micros(100));
        }
        self.stream.write(&bytes[..bytes.len().min(self.bytes)])
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

fn serve(mut stream: impl Read + Write, seen: &Seen, deed: &dyn Fn(usize) -> Deed) {
    for number in 0.. {
        match read_request(&mut stream) {
            Ok(Some(head)) => *seen.last.lock().unwrap() = head,
            Ok(None) => {
                seen.goodbyes.fetch_add(1, Ordering::SeqCst);
                return;
            }
            Err(_) => return,
        }
        seen.requests.fetch_add(1, Ordering::SeqCst);
        let answering = seen.answering.fetch_add(1, Ordering::SeqCst) + 1;
        seen.answering_peak.fetch_max(answering, Ordering::SeqCst);
        let deed = deed(number);
        if let Deed::Late(wait) = deed {
            std::thread::sleep(wait);
        }
        let answer =
            b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-room: Drill\r\n\r\nhello".as_slice();
        let said = match deed {
            Deed::Answer | Deed::Late(_) | Deed::AnswerAndEnd => answer,
            Deed::Say(bytes) => bytes,
            Deed::End | Deed::Freeze => b"",
        };
        seen.answering.fetch_sub(1, Ordering::SeqCst);
        let sent = stream.write_all(said).and_then(|()| stream.flush());
        match deed {
            Deed::Freeze => while stream.read(&mut [0; 64]).is_ok_and(|count| count > 0) {},
            Deed::End | Deed::AnswerAndEnd => return,
            _ if sent.is_err() => return,
            _ => {}
        }
    }
}

/// The head of a request whose body was read too; none at the end of the connection.
fn read_request(stream: &mut impl Read) -> std::io::Result<Option<String>> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Ok(Some(head.to_owned()));
            }
        }
        match stream.read(&mut piece)? {
            0 => return Ok(None),
            count => bytes.extend_from_slice(&piece[..count]),
        }
    }
}
