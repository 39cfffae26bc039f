//! A TCP or TLS server of a few lines, on a thread of its own: what it does to each connection is
//! given, and it counts.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use muster_certs::{Authority, AuthorityOptions, Seed};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What a connection is answered with, once its request is read.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// These bytes, and then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes after a wait.
    Late(Duration, Vec<u8>),
    /// These bytes, and then nothing until the client goes.
    Silent(Vec<u8>),
}

/// A running server; dropping it ends it.
pub(crate) struct SocketServer {
    pub(crate) address: SocketAddr,
    /// The first line of each request, then its body.
    pub(crate) requests: Arc<Mutex<Vec<(String, String)>>>,
    /// Most requests that were under way at once.
    pub(crate) busiest: Arc<AtomicUsize>,
    ended: Arc<AtomicBool>,
}

pub(crate) fn ok(body: &str) -> Vec<u8> {
    http("200 OK", body)
}

pub(crate) fn http(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nx-room: Drill\r\n\r\n");
    format!("{head}{body}").into_bytes()
}

/// An authority whose certificates hold at any time a test may run.
pub(crate) fn authority(seed: u64) -> Authority {
    let options = AuthorityOptions { validity_days: 36_500, ..AuthorityOptions::default() };
    Authority::new(&Seed::from_u64(seed), &options).unwrap()
}

/// TLS for `names`, signed by that authority.
pub(crate) fn tls(authority: &Authority, names: &[&str]) -> Arc<ServerConfig> {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let identity = authority.server_identity(&names).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)
        .unwrap();
    Arc::new(config)
}

impl SocketServer {
    /// Answers every request in one manner.
    pub(crate) fn plain(manner: Manner) -> Self {
        Self::start(None, move |_| manner.clone())
    }

    /// The same over TLS.
    pub(crate) fn secure(config: Arc<ServerConfig>, manner: Manner) -> Self {
        Self::start(Some(config), move |_| manner.clone())
    }

    /// Answers as `answer` says, which is shown the head of the request.
    pub(crate) fn start(
        tls: Option<Arc<ServerConfig>>,
        answer: impl Fn(&str) -> Manner + Send + Sync + 'static,
    ) -> Self {
        Self::listen(tls, move |head, _| answer(head))
    }

    /// Answers as `answer` says, which is shown head and body.
    pub(crate) fn with_bodies(
        answer: impl Fn(&str, &str) -> Manner + Send + Sync + 'static,
    ) -> Self {
        Self::listen(None, answer)
    }

    fn listen(
        tls: Option<Arc<ServerConfig>>,
        answer: impl Fn(&str, &str) -> Manner + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
            busiest: Arc::default(),
            ended: Arc::default(),
        };
        let (requests, busiest) = (server.requests.clone(), server.busiest.clone());
        let (ended, answer) = (server.ended.clone(), Arc::new(answer));
        let active = Arc::new(AtomicUsize::new(0));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (tls, answer, active) = (tls.clone(), answer.clone(), active.clone());
                let (requests, busiest) = (requests.clone(), busiest.clone());
                std::thread::spawn(move || {
                    let now = active.fetch_add(1, Ordering::SeqCst) + 1;
                    busiest.fetch_max(now, Ordering::SeqCst);
                    match tls {
                        None => serve(stream, &requests, &*answer, &active),
                        Some(config) => {
                            let session = ServerConnection::new(config).unwrap();
                            let stream = StreamOwned::new(session, stream);
                            serve(stream, &requests, &*answer, &active);
                        }
                    }
                });
            }
        });
        server
    }

    pub(crate) fn url(&self, scheme: &str, host: &str) -> String {
        format!("{scheme}://{host}:{}/drill?round=1", self.address.port())
    }

    pub(crate) fn first_lines(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|(line, _)| line.clone()).collect()
    }
}

impl Drop for SocketServer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(
    mut stream: impl Read + Write,
    requests: &Mutex<Vec<(String, String)>>,
    answer: &dyn Fn(&str, &str) -> Manner,
    active: &AtomicUsize,
) {
    let request = read_request(&mut stream);
    let Some((head, body)) = request else {
        active.fetch_sub(1, Ordering::SeqCst);
        return;
    };
    let first = head.lines().next().unwrap_or_default().to_owned();
    let manner = answer(&head, &body);
    requests.lock().unwrap().push((first, body));
    if let Manner::Late(wait, _) = &manner {
        std::thread::sleep(*wait);
    }
    // Before the answer: the client may send its next request as soon as it has it.
    active.fetch_sub(1, Ordering::SeqCst);
    let (Manner::Bytes(bytes) | Manner::Late(_, bytes) | Manner::Silent(bytes)) = &manner;
    let _ = stream.write_all(bytes).and_then(|()| stream.flush());
    if matches!(manner, Manner::Silent(_)) {
        let _ = stream.read(&mut [0; 64]);
    }
}

fn read_request(stream: &mut impl Read) -> Option<(String, String)> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse().ok())?
            });
            if body.len() >= length.unwrap_or(0_usize) {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        match stream.read(&mut piece) {
            Ok(count) if count > 0 => bytes.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
}
