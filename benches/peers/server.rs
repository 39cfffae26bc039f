//! The bench server: hyper's HTTP/1.1 over TLS 1.3 on one single-threaded runtime, in a process of
//! its own. It answers every POST with the same 2 KB, or plays the licensing protocol.
//!
//! One cipher suite and one key exchange group are offered, so that every client pays for the same
//! cryptography.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use muster_wire::status::RECEIVER_BANNER;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{HandshakeKind, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket};
use tokio_rustls::TlsAcceptor;

use crate::counters::{self, BAD, BROKEN, FULL, OPEN, REQUESTS, RESUMED, add};
use crate::error::{Error, broken, io};
use crate::identity::{Chain, Identity};
use crate::licensing::Licensing;

/// The body peers send in stateless rows, and its length is what makes a request a good one.
pub(crate) const BODY: &str = include_str!("body.json");

/// Path of the licensing endpoint; a stateless server answers on every path.
pub(crate) const PATH: &str = "/cslu/v1/pi/Default-1";

/// Connections waiting to be accepted; the system cuts it to its own limit.
const BACKLOG: u32 = 16_384;

/// Pause after a failed accept: out of descriptors, and likely so for a moment longer.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// What the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The same 2 KB to every POST.
    Stateless,
    /// Smart Transport, canned.
    Licensing,
}

impl Role {
    /// The word on the command line.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Stateless => "stateless",
            Self::Licensing => "licensing",
        }
    }

    /// The role a word means.
    pub(crate) fn of(word: &str) -> Option<Self> {
        [Self::Stateless, Self::Licensing].into_iter().find(|role| role.word() == word)
    }
}

/// Serves until the process ends. Writes `target.toml` into `folder` and says on standard output
/// where it listens: TLS, plain HTTP, counters.
pub(crate) fn serve(role: Role, chain: Chain, folder: &Path) -> Result<Infallible, Error> {
    let identity = Identity::new(chain)?;
    let root_pem = identity.root_pem.clone();
    let tls = TlsAcceptor::from(Arc::new(tls_config(identity)?));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(io("a runtime for the bench server"))?;
    runtime.block_on(async {
        let https = listen()?;
        let http = listen()?;
        let page = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .map_err(io("a port for the counters"))?;
        let addresses = [
            https.local_addr().map_err(io("own address"))?,
            http.local_addr().map_err(io("own address"))?,
            page.local_addr().map_err(io("own address"))?,
        ];
        let profile = profile(addresses, &root_pem);
        std::fs::write(folder.join("target.toml"), profile).map_err(io("target.toml"))?;
        std::thread::spawn(move || counters::serve(&page));
        announce(addresses);
        let answers = Answers::new(role);
        tokio::spawn(accept(http, None, answers.clone()));
        Ok(accept(https, Some(tls), answers).await)
    })
}

#[expect(clippy::print_stdout, reason = "the parent process reads the addresses from here")]
fn announce([https, http, page]: [SocketAddr; 3]) {
    println!("{https} {http} {page}");
}

fn listen() -> Result<TcpListener, Error> {
    let socket = TcpSocket::new_v4().map_err(io("a socket"))?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).map_err(io("a free port"))?;
    socket.listen(BACKLOG).map_err(io("a listening socket"))
}

/// The provider of server and in-memory measurements: one suite, one group.
pub(crate) fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256],
        kx_groups: vec![aws_lc_rs::kx_group::X25519],
        ..aws_lc_rs::default_provider()
    }
}

/// The server's TLS settings.
pub(crate) fn tls_config(identity: Identity) -> Result<ServerConfig, Error> {
    let unfit = |error: rustls::Error| broken(format!("TLS settings: {error}"));
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(unfit)?
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)
        .map_err(unfit)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // The session cache keeps 256 sessions; tickets let any number of instances resume.
    config.ticketer = aws_lc_rs::Ticketer::new().map_err(unfit)?;
    Ok(config)
}

fn profile([https, http, _]: [SocketAddr; 3], root_pem: &str) -> String {
    format!(
        "name = \"bench\"\n[endpoints]\nsmart_receiver = \"https://{https}/licservice/license\"\n\
         smart_transport = \"https://{https}/SmartTransport\"\n\
         smart_transport_http = \"http://{http}/SmartTransport\"\n\
         cslu = \"https://{https}{PATH}\"\n[trust]\nroots_pem = '''\n{root_pem}'''\n"
    )
}

/// What requests are answered with.
#[derive(Clone)]
struct Answers {
    /// None for a stateless server.
    licensing: Option<Arc<Mutex<Licensing>>>,
    fixed: Bytes,
}

impl Answers {
    fn new(role: Role) -> Self {
        let licensing = || Arc::new(Mutex::new(Licensing::new()));
        Self {
            licensing: (role == Role::Licensing).then(licensing),
            fixed: Bytes::from_static(BODY.as_bytes()),
        }
    }

    async fn answer(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, hyper::Error> {
        if request.method() != Method::POST {
            return Ok(self.other(request.method()));
        }
        let mut body = request.into_body();
        let answer = match &self.licensing {
            Some(licensing) => {
                let body = body.collect().await?.to_bytes();
                let mut licensing = licensing.lock().expect("no request panics in the lock");
                Bytes::from(licensing.answer(&body))
            }
            None => {
                let mut length = 0;
                while let Some(frame) = body.frame().await {
                    length += frame?.data_ref().map_or(0, Bytes::len);
                }
                add(&BAD, u64::from(length != BODY.len()));
                self.fixed.clone()
            }
        };
        add(&REQUESTS, 1);
        Ok(json(answer))
    }

    /// A look at the server before a run is none of its requests.
    fn other(&self, method: &Method) -> Response<Full<Bytes>> {
        if matches!(*method, Method::GET | Method::HEAD) {
            return Response::new(Full::new(Bytes::from_static(RECEIVER_BANNER.as_bytes())));
        }
        add(&BAD, 1);
        let mut response = Response::new(Full::new(Bytes::new()));
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response
    }
}

fn json(body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

async fn accept(socket: TcpListener, tls: Option<TlsAcceptor>, answers: Answers) -> Infallible {
    loop {
        let Ok((stream, _)) = socket.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Answers are written whole; waiting to fill a segment only delays them.
        let _ = stream.set_nodelay(true);
        let (tls, answers) = (tls.clone(), answers.clone());
        tokio::spawn(async move {
            let Some(tls) = tls else { return converse(stream, answers).await };
            let Ok(stream) = tls.accept(stream).await else { return add(&BROKEN, 1) };
            let resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
            add(if resumed { &RESUMED } else { &FULL }, 1);
            converse(stream, answers).await;
        });
    }
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, answers: Answers) {
    add(&OPEN, 1);
    let service = service_fn(move |request| answers.clone().answer(request));
    let done = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    OPEN.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
    add(&BROKEN, u64::from(done.is_err()));
}
