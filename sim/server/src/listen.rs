//! Where a server listens: addresses, threads, and an orderly end.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::accept::{Door, Places, accept, bind};
use crate::connection::Phase;
use crate::message::Listener;
use crate::{Error, Server, syslog_sender, tls};

/// Requests under way when the server ends have this long to finish; answers take milliseconds.
const DRAIN_TIME_MAX: Duration = Duration::from_secs(2);

/// More threads than any machine this runs on has cores.
const THREADS_MAX: usize = 256;

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
    /// Threads that accept and answer, 1 to 256: the caller's, and one more with a runtime of its
    /// own for each further. The kernel spreads connections over them (`SO_REUSEPORT`), so with
    /// more than one another process of the same user could listen on the same address.
    pub threads: usize,
}

impl Default for Listen {
    /// Free loopback ports for all three, one thread.
    fn default() -> Self {
        let any = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self {
            product_https: any,
            product_http: Some(any),
            admin: Some(any),
            names: ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec(),
            threads: 1,
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
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Stops accepting, lets requests under way finish for a few seconds, then closes.
    pub async fn shutdown(mut self) {
        self.phase.send_replace(Phase::Draining);
        if timeout(DRAIN_TIME_MAX, self.phase.closed()).await.is_err() {
            self.phase.send_replace(Phase::Ended);
            self.phase.closed().await;
        }
        for thread in self.threads.drain(..) {
            // Nothing of it is left but its runtime; a panic in it was already printed.
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.phase.send_replace(Phase::Ended);
    }
}

/// Puts `server` behind sockets; runs on the current tokio runtime until shut down, with more
/// than one thread also on runtimes of its own.
///
/// The soft limit of file descriptors is raised to the hard one; connections stay below it.
///
/// # Errors
///
/// When an address cannot be bound, the admin address is not loopback, a name is not one, or a
/// thread cannot be had.
pub async fn serve(server: Server, listen: Listen) -> Result<Running, Error> {
    if let Some(address) = listen.admin
        && !address.ip().is_loopback()
        && !server.admin_beyond_loopback()
    {
        return Err(Error::AdminNotLoopback { address });
    }
    let tls = tls::acceptor(&server, &listen.names)?;
    let places = Places::below_the_limit(server.0.options.limits.connections_max);
    let wanted = [
        (Listener::ProductHttps, Some(listen.product_https)),
        (Listener::ProductHttp, listen.product_http),
        (Listener::Admin, listen.admin),
    ];
    let mut shares: Vec<Vec<(TcpListener, Door)>> = Vec::new();
    shares.resize_with(listen.threads.clamp(1, THREADS_MAX), Vec::new);
    let mut bound = [None; 3];
    for ((listener, address), bound) in wanted.into_iter().zip(&mut bound) {
        let Some(address) = address else { continue };
        let door = Door {
            server: server.clone(),
            listener,
            tls: (listener != Listener::ProductHttp).then(|| tls.clone()),
            places: places.of(listener),
        };
        let sockets = bind(address, shares.len())?;
        *bound = sockets.first().and_then(|socket| socket.local_addr().ok());
        for (share, socket) in shares.iter_mut().zip(sockets) {
            share.push((socket, door.clone()));
        }
    }
    let (phase, _) = watch::channel(Phase::Serving);
    let mut running = Running {
        product_https: bound[0].unwrap_or(listen.product_https),
        product_http: bound[1],
        admin: bound[2],
        phase,
        threads: Vec::new(),
    };
    let mut shares = shares.into_iter();
    let own = shares.next().unwrap_or_default();
    for share in shares {
        running.threads.push(thread(share, running.phase.subscribe())?);
    }
    open(own, &running.phase.subscribe(), None)?;
    tokio::spawn(syslog_sender::run(server, running.phase.subscribe()));
    Ok(running)
}

/// What everything on a thread holds; when the last one is gone, the thread may end.
pub(crate) type Alive = Option<mpsc::Sender<Infallible>>;

fn open(
    share: Vec<(TcpListener, Door)>,
    phase: &watch::Receiver<Phase>,
    alive: Alive,
) -> Result<(), Error> {
    for (socket, door) in share {
        let socket =
            tokio::net::TcpListener::from_std(socket).map_err(|source| Error::Thread { source })?;
        tokio::spawn(accept(socket, door, phase.clone(), alive.clone()));
    }
    Ok(())
}

/// One more thread with its share of the sockets.
fn thread(
    share: Vec<(TcpListener, Door)>,
    phase: watch::Receiver<Phase>,
) -> Result<JoinHandle<()>, Error> {
    let failed = |source| Error::Thread { source };
    let runtime: Runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let (alive, mut ended) = mpsc::channel(1);
    {
        let _context = runtime.enter();
        open(share, &phase, Some(alive))?;
    }
    drop(phase);
    let run = move || {
        runtime.block_on(ended.recv());
    };
    std::thread::Builder::new().name("muster-server".to_owned()).spawn(run).map_err(failed)
}
