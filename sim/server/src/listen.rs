//! Sockets in front of a server: binding, accepting, TLS, and an orderly end.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::connection::{Phase, serve_stream, until_ended};
use crate::message::Listener;
use crate::{Error, Server};

/// Connections per listener. One for each of the documented 50,000 product instances, and some
/// for probes and reconnects; more wait in the kernel's backlog.
const CONNECTIONS_MAX: usize = 60_000;

/// A handshake takes milliseconds; a client on a loaded machine may take seconds.
const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);

/// After a failed accept (usually no file descriptor left) this long before the next one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Requests under way when the server ends have this long to finish.
const DRAIN_TIME_MAX: Duration = Duration::from_secs(5);

/// Where a server listens. Port 0 takes any free port.
#[derive(Clone, Debug)]
pub struct Listen {
    /// Product instances over TLS.
    pub product_https: SocketAddr,
    /// Product instances over plain HTTP (On-Prem endpoints only).
    pub product_http: Option<SocketAddr>,
    /// Web interface and control API over TLS; loopback only.
    pub admin: Option<SocketAddr>,
    /// Names and addresses the server's certificate is valid for.
    pub names: Vec<String>,
}

impl Default for Listen {
    /// Free loopback ports for all three.
    fn default() -> Self {
        let any = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self {
            product_https: any,
            product_http: Some(any),
            admin: Some(any),
            names: ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec(),
        }
    }
}

/// A listening server. Dropping it stops the listening without waiting for open connections.
#[derive(Debug)]
pub struct Running {
    /// Where product instances connect over TLS.
    pub product_https: SocketAddr,
    /// Where product instances connect over plain HTTP.
    pub product_http: Option<SocketAddr>,
    /// Where the web interface and the control API are.
    pub admin: Option<SocketAddr>,
    phase: watch::Sender<Phase>,
    accepting: Vec<JoinHandle<()>>,
}

impl Running {
    /// Stops accepting, lets requests under way finish for a few seconds, then closes.
    pub async fn shutdown(mut self) {
        self.stop_accepting();
        self.phase.send_replace(Phase::Draining);
        if timeout(DRAIN_TIME_MAX, self.phase.closed()).await.is_err() {
            self.phase.send_replace(Phase::Ended);
            self.phase.closed().await;
        }
    }

    fn stop_accepting(&mut self) {
        for task in self.accepting.drain(..) {
            task.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop_accepting();
        self.phase.send_replace(Phase::Ended);
    }
}

/// Puts `server` behind sockets; runs on the current tokio runtime until shut down.
///
/// # Errors
///
/// When an address cannot be bound, the admin address is not loopback, or a name is not one.
pub async fn serve(server: Server, listen: Listen) -> Result<Running, Error> {
    if let Some(address) = listen.admin
        && !address.ip().is_loopback()
        && !server.admin_beyond_loopback()
    {
        return Err(Error::AdminNotLoopback { address });
    }
    let tls = TlsAcceptor::from(Arc::new(tls_config(&server, &listen.names)?));
    let (phase, _) = watch::channel(Phase::Serving);
    let mut running = Running {
        product_https: listen.product_https,
        product_http: None,
        admin: None,
        phase,
        accepting: Vec::new(),
    };
    let https = (Listener::ProductHttps, Some(tls.clone()));
    running.product_https = running.open(&server, https, listen.product_https).await?;
    if let Some(address) = listen.product_http {
        let http = (Listener::ProductHttp, None);
        running.product_http = Some(running.open(&server, http, address).await?);
    }
    if let Some(address) = listen.admin {
        let admin = (Listener::Admin, Some(tls));
        running.admin = Some(running.open(&server, admin, address).await?);
    }
    Ok(running)
}

impl Running {
    async fn open(
        &mut self,
        server: &Server,
        (listener, tls): (Listener, Option<TlsAcceptor>),
        address: SocketAddr,
    ) -> Result<SocketAddr, Error> {
        let refused = |source| Error::Bind { address, source };
        let socket = TcpListener::bind(address).await.map_err(refused)?;
        let bound = socket.local_addr().map_err(refused)?;
        let door = Door { server: server.clone(), listener, tls };
        self.accepting.push(tokio::spawn(accept(socket, door, self.phase.subscribe())));
        Ok(bound)
    }
}

/// One listener's way in.
#[derive(Clone)]
struct Door {
    server: Server,
    listener: Listener,
    tls: Option<TlsAcceptor>,
}

async fn accept(socket: TcpListener, door: Door, phase: watch::Receiver<Phase>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        let Ok(place) = place else { return };
        let stream = match socket.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (door, phase) = (door.clone(), phase.clone());
        // The handshake is part of the task: a slow client holds up nobody else.
        tokio::spawn(async move {
            until_ended(phase.clone(), admit(stream, door, phase)).await;
            drop(place);
        });
    }
}

async fn admit(stream: TcpStream, door: Door, phase: watch::Receiver<Phase>) {
    // Answers are small and written whole; waiting to fill a segment only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot switch off delayed sending");
    }
    let Door { server, listener, tls } = door;
    let Some(tls) = tls else { return serve_stream(stream, server, listener, phase).await };
    match timeout(HANDSHAKE_TIME_MAX, tls.accept(stream)).await {
        Ok(Ok(stream)) => serve_stream(stream, server, listener, phase).await,
        Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
        Err(_) => tracing::debug!("TLS handshake took too long"),
    }
}

fn tls_config(server: &Server, names: &[String]) -> Result<ServerConfig, Error> {
    let identity = server.identity(names)?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    // Old agents stop at TLS 1.2, so both versions stay on. A server name that is an IP address
    // is ignored, not refused; rustls 0.23 has no setting that lets other malformed names pass.
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
