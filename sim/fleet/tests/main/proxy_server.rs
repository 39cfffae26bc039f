//! An HTTP proxy of a few lines, on a thread of its own: it makes tunnels and relays whole URLs,
//! wants credentials if told so, and remembers what it was asked. It alone knows where the names
//! under `.test` are.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

/// What the proxy does with those it lets in.
#[derive(Clone, Debug, Default)]
pub(crate) enum Conduct {
    /// Passes requests on.
    #[default]
    Pass,
    /// Says these bytes and ends the connection.
    Say(Vec<u8>),
    /// Says nothing until the other side goes.
    Freeze,
}

/// How a proxy is set up.
#[derive(Clone, Default)]
pub(crate) struct Setup {
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// What `proxy-authorization` must say.
    pub(crate) credentials: Option<&'static str>,
    pub(crate) conduct: Conduct,
}

/// A running proxy; dropping it ends it.
pub(crate) struct ProxyServer {
    pub(crate) address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    _ended: oneshot::Sender<()>,
}

impl ProxyServer {
    pub(crate) fn plain() -> Self {
        Self::start(Setup::default())
    }

    pub(crate) fn start(setup: Setup) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (ended, end) = oneshot::channel::<()>();
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&heads);
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::spawn(accept(listener, setup, seen));
                let _ = end.await;
            });
        });
        Self { address, heads, _ended: ended }
    }

    /// The heads of the requests it got.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// Their first lines.
    pub(crate) fn first_lines(&self) -> Vec<String> {
        self.heads().iter().map(|head| head.lines().next().unwrap().to_owned()).collect()
    }
}

async fn accept(listener: TcpListener, setup: Setup, seen: Arc<Mutex<Vec<String>>>) {
    while let Ok((tcp, _)) = listener.accept().await {
        let (setup, seen) = (setup.clone(), Arc::clone(&seen));
        tokio::spawn(async move {
            match setup.tls.clone() {
                None => serve(tcp, &setup, &seen).await,
                Some(config) => {
                    if let Ok(tls) = TlsAcceptor::from(config).accept(tcp).await {
                        serve(tls, &setup, &seen).await;
                    }
                }
            }
        });
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    setup: &Setup,
    seen: &Mutex<Vec<String>>,
) {
    let Some((head, body)) = read_request(&mut stream).await else { return };
    seen.lock().unwrap().push(head.clone());
    let known = setup.credentials.is_none_or(|wanted| {
        head.lines().any(|line| line == format!("proxy-authorization: {wanted}"))
    });
    let passes = matches!(setup.conduct, Conduct::Pass);
    match &setup.conduct {
        Conduct::Pass if !known => {
            let _ = stream.write_all(WANTS_CREDENTIALS).await;
        }
        Conduct::Pass => {}
        Conduct::Say(bytes) => {
            let _ = stream.write_all(bytes).await;
        }
        Conduct::Freeze => while stream.read(&mut [0; 64]).await.is_ok_and(|count| count > 0) {},
    }
    if !known || !passes {
        let _ = stream.shutdown().await;
        return;
    }
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let place = target.strip_prefix("http://").unwrap_or(target);
    let (server, path) = place.split_once('/').unwrap_or((place, ""));
    let Ok(mut origin) = TcpStream::connect(resolve(server)).await else {
        let _ = stream.write_all(NOBODY_THERE).await;
        let _ = stream.shutdown().await;
        return;
    };
    if method == "CONNECT" {
        let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await;
    } else {
        let lines = head.lines().skip(1).filter(|line| !line.starts_with("proxy-"));
        let lines: Vec<_> = lines.map(|line| format!("{line}\r\n")).collect();
        let lines = lines.concat();
        let head = format!("{method} /{path} HTTP/1.1\r\n{lines}connection: close\r\n\r\n");
        let _ = origin.write_all(&[head.as_bytes(), &body].concat()).await;
    }
    let _ = copy_bidirectional(&mut stream, &mut origin).await;
}

const WANTS_CREDENTIALS: &[u8] = b"HTTP/1.1 407 Proxy Authentication Required\r\n\
    proxy-authenticate: Basic realm=\"drill\"\r\ncontent-length: 0\r\n\r\n";

const NOBODY_THERE: &[u8] = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n";

/// Only the proxy knows where a server under `.test` is: on this machine.
fn resolve(server: &str) -> String {
    match server.rsplit_once(':') {
        Some((host, port)) if host.ends_with(".test") => format!("127.0.0.1:{port}"),
        Some(_) => server.to_owned(),
        None => format!("{server}:80"),
    }
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length = length.map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                return Some((head, bytes.split_off(end + 4)));
            }
        }
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
}
