//! Syslog lines over UDP, to a server on this machine.
//!
//! Source: SSM On-Prem 7 User Guide, "Syslog Tab" (an address and a UDP port). Assumed: lines from
//! before an address was set are not sent; one that cannot be sent is lost, as UDP wants it.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::Server;
use crate::connection::Phase;

/// How long a line waits at most.
const INTERVAL: Duration = Duration::from_millis(200);

/// Lines sent at a time; more wait for the next time.
const LINES_MAX: usize = 512;

/// What a line says it comes from.
const HOST: &str = "muster";

/// Sends lines until the server ends.
pub(crate) async fn run(server: Server, mut phase: watch::Receiver<Phase>) {
    let mut sent = 0;
    let mut socket: Option<(SocketAddr, UdpSocket)> = None;
    loop {
        match timeout(INTERVAL, phase.changed()).await {
            Ok(Ok(())) if *phase.borrow() == Phase::Serving => {}
            Ok(_) => return,
            Err(_) => {}
        }
        let (address, last, lines) = waiting(&server, sent);
        sent = last;
        let Some(address) = address else {
            socket = None;
            continue;
        };
        if socket.as_ref().is_none_or(|(known, _)| *known != address) {
            socket = bound(address).await.map(|socket| (address, socket));
        }
        let Some((_, socket)) = &socket else { continue };
        for line in lines {
            if let Err(error) = socket.send_to(line.as_bytes(), address).await {
                tracing::debug!(%address, %error, "a syslog line was not sent");
            }
        }
    }
}

/// Where to, the last number that needs no look any more, and what to send.
fn waiting(server: &Server, sent: u64) -> (Option<SocketAddr>, u64, Vec<String>) {
    let store = server.0.store();
    let Some(address) = store.notices.remote() else {
        return (None, store.notices.last_number(), Vec::new());
    };
    let lines: Vec<_> = store.notices.syslog_after(sent).take(LINES_MAX).collect();
    let last = lines.last().map_or(sent, |line| line.number);
    (Some(address), last, lines.into_iter().map(|line| line.datagram(HOST)).collect())
}

async fn bound(address: SocketAddr) -> Option<UdpSocket> {
    let own: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::LOCALHOST, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::LOCALHOST, 0).into(),
    };
    let socket = UdpSocket::bind(own).await;
    socket.inspect_err(|error| tracing::warn!(%error, "no socket for syslog lines")).ok()
}
