//! How connections get in: sockets, limits on how many, the handshake.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::connection::{Phase, serve_stream, until};
use crate::listen::Alive;
use crate::message::Listener;
use crate::metrics::{Handshake, Metrics};
use crate::quiet_log::QuietLog;
use crate::{Error, Server};

/// Connections of the admin listener, apart from the others: a full house must still let the
/// harness in.
const ADMIN_CONNECTIONS_MAX: usize = 64;

/// Descriptors left for everything else: sockets that listen, collections, the program around.
const DESCRIPTORS_RESERVED: usize = 192;

/// Assumed when the system does not say: the usual soft limit.
const DESCRIPTORS_DEFAULT: u64 = 1_024;

/// Connections the kernel keeps until they are accepted: a storm of a whole fleet comes within
/// milliseconds. The kernel cuts it to its own limit, 4096 on current ones.
const BACKLOG: i32 = 4_096;

/// After a failed accept (usually no file descriptor left) this long before the next one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How many connections there may be at once.
pub(crate) struct Places {
    product: Arc<Semaphore>,
    admin: Arc<Semaphore>,
}

impl Places {
    /// Raises the soft limit of descriptors as far as allowed and stays below it.
    pub(crate) fn below_the_limit(connections_max: usize) -> Self {
        let limit = rlimit::increase_nofile_limit(u64::MAX).unwrap_or_else(|error| {
            tracing::debug!(%error, "cannot raise the limit of file descriptors");
            DESCRIPTORS_DEFAULT
        });
        let free = usize::try_from(limit).unwrap_or(usize::MAX);
        let free = free.saturating_sub(DESCRIPTORS_RESERVED + ADMIN_CONNECTIONS_MAX);
        Self {
            product: Arc::new(Semaphore::new(free.min(connections_max).max(1))),
            admin: Arc::new(Semaphore::new(ADMIN_CONNECTIONS_MAX)),
        }
    }

    /// The places a listener's connections take.
    pub(crate) fn of(&self, listener: Listener) -> Arc<Semaphore> {
        Arc::clone(match listener {
            Listener::Admin => &self.admin,
            Listener::ProductHttps | Listener::ProductHttp => &self.product,
        })
    }
}

/// One listener's way in.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) server: Server,
    pub(crate) listener: Listener,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) places: Arc<Semaphore>,
}

/// As many sockets on one address as there are threads.
pub(crate) fn bind(address: SocketAddr, count: usize) -> Result<Vec<TcpListener>, Error> {
    let mut sockets: Vec<TcpListener> = Vec::with_capacity(count);
    while sockets.len() < count {
        // Any free port is chosen once.
        let chosen = sockets.first().and_then(|socket| socket.local_addr().ok());
        let socket = socket(chosen.unwrap_or(address), count > 1);
        sockets.push(socket.map_err(|source| Error::Bind { address, source })?);
    }
    Ok(sockets)
}

fn socket(address: SocketAddr, is_shared: bool) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // On Windows this would let another program take the port over.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    if is_shared {
        #[cfg(unix)]
        socket.set_reuse_port(true)?;
        #[cfg(not(unix))]
        return Err(ErrorKind::Unsupported.into());
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Lets connections in until the server begins to end.
pub(crate) async fn accept(
    socket: tokio::net::TcpListener,
    door: Door,
    phase: watch::Receiver<Phase>,
    alive: Alive,
) {
    until(Phase::Draining, phase.clone(), admit_all(socket, door, phase, alive)).await;
}

async fn admit_all(
    socket: tokio::net::TcpListener,
    door: Door,
    phase: watch::Receiver<Phase>,
    alive: Alive,
) {
    let mut is_short = false;
    loop {
        // Ready as long as the kernel has connections waiting: a burst is taken in one go.
        let (stream, peer) = match socket.accept().await {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_connection(&error) => {
                tracing::debug!(%error, "a connection was gone before it was accepted");
                continue;
            }
            Err(error) => {
                // Said once per shortage: at ten pauses a second it would fill the log.
                if !is_short {
                    tracing::warn!(%error, "cannot accept connections; trying again");
                }
                is_short = true;
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // After the accept: a listener nobody calls must not keep a place from the others.
        let (place, waited) = match Arc::clone(&door.places).try_acquire_owned() {
            Ok(place) => (Some(place), false),
            Err(_) => {
                if !is_short {
                    tracing::warn!("as many connections as there may be; further ones wait");
                }
                (Arc::clone(&door.places).acquire_owned().await.ok(), true)
            }
        };
        is_short = waited;
        let (door, phase, alive) = (door.clone(), phase.clone(), alive.clone());
        // The handshake is part of the task: a slow client holds up nobody else.
        tokio::spawn(async move {
            // Boxed, because a task has room for its work twice: as given and as pinned.
            let admitted = Box::pin(admit((stream, peer), door, phase.clone()));
            until(Phase::Ended, phase, admitted).await;
            drop((place, alive));
        });
    }
}

/// Whether the next connection may well be accepted.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

async fn admit((stream, peer): (TcpStream, SocketAddr), door: Door, phase: watch::Receiver<Phase>) {
    let _open = Metrics::connection(&door.server.0);
    // Answers are small and written whole; waiting to fill a segment only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot switch off delayed sending");
    }
    let Door { server, listener, tls, .. } = door;
    let Some(tls) = tls else { return serve_stream(stream, server, listener, phase).await };
    let mut secured = None;
    // On the heap and gone after it, as the stream itself: a connection that waits for its next
    // request is to be small, and what lies in a task counts for as long as the task does.
    Box::pin(until(Phase::Draining, phase.clone(), async {
        let within = server.0.options.limits.handshake_time_max;
        let outcome = match timeout(within, tls.accept(stream)).await {
            Ok(Ok(stream)) => {
                secured = Some(Box::new(stream));
                Handshake::Done
            }
            Ok(Err(error)) => {
                refused(peer, &error.to_string());
                Handshake::Failed
            }
            Err(_) => {
                refused(peer, "it took too long");
                Handshake::TooSlow
            }
        };
        server.0.metrics.handshake(outcome);
    }))
    .await;
    drop(tls);
    if let Some(stream) = secured {
        serve_stream(stream, server, listener, phase).await;
    }
}

/// Says why nobody was let in: usually a certificate that the other side does not take.
fn refused(peer: SocketAddr, reason: &str) {
    static SAID: QuietLog = QuietLog::new();
    if let Some(left_out) = SAID.admits(Instant::now()) {
        tracing::warn!(%peer, reason, left_out, "TLS handshake failed");
    }
}
