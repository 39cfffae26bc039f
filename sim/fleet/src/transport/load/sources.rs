//! Where connections come from: a source address has a limited number of ports, so a large fleet
//! uses several addresses in turn, and the ports of each in turn.

use std::cell::Cell;
use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpSocket, TcpStream};

/// Ports tried for one connection before the address counts as used up.
const PORTS_TRIED_MAX: u32 = 32;

/// The range IANA sets aside, where the OS does not tell its own.
const PORTS: (u16, u16) = (49_152, 65_535);

/// Source addresses, each with the port it is at.
pub(super) struct Sources {
    addresses: Vec<(IpAddr, Cell<u32>)>,
    next: Cell<usize>,
    ports: (u16, u16),
}

impl Sources {
    pub(super) fn new(addresses: &[IpAddr]) -> Self {
        let ports = local_ports().unwrap_or(PORTS);
        // Shards that share addresses shall not walk through the ports in step.
        let start = std::process::id().wrapping_mul(2_654_435_761);
        let addresses = addresses
            .iter()
            .zip(0_u32..)
            .map(|(one, at)| (*one, Cell::new(start.wrapping_add(at.wrapping_mul(7_919)))))
            .collect();
        Self { addresses, next: Cell::new(0), ports }
    }

    /// A TCP connection to `to` from the next source address of its family.
    pub(super) async fn connect(&self, to: SocketAddr) -> io::Result<TcpStream> {
        let stream = match self.turn(to) {
            None => TcpStream::connect(to).await?,
            Some((address, port)) => self.connect_from(*address, port, to).await?,
        };
        // Requests are single small writes; waiting to coalesce only adds delay.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }

    fn turn(&self, to: SocketAddr) -> Option<&(IpAddr, Cell<u32>)> {
        let count = self.addresses.len();
        let start = self.next.get();
        let found = (0..count)
            .map(|step| (start + step) % count)
            .find(|at| self.addresses[*at].0.is_ipv4() == to.is_ipv4())?;
        self.next.set((found + 1) % count);
        Some(&self.addresses[found])
    }

    /// A port is chosen here and not by the OS: the OS would keep a port for one connection,
    /// while one port can carry a connection to each of several servers, and one that waits for
    /// its time to run out can be used at once.
    async fn connect_from(
        &self,
        address: IpAddr,
        at: &Cell<u32>,
        to: SocketAddr,
    ) -> io::Result<TcpStream> {
        let (first, last) = self.ports;
        let count = u32::from(last - first) + 1;
        let mut tried = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for _ in 0..PORTS_TRIED_MAX.min(count) {
            let step = at.get();
            at.set(step.wrapping_add(1));
            let offset = u16::try_from(step % count).expect("a remainder of at most 2^16");
            let from = SocketAddr::new(address, first + offset);
            match bound(from) {
                Ok(socket) => match socket.connect(to).await {
                    Err(error) if is_taken(&error) => tried = error,
                    other => return other,
                },
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => tried = error,
                Err(error) => return Err(error),
            }
        }
        Err(tried)
    }
}

fn bound(from: SocketAddr) -> io::Result<TcpSocket> {
    let socket = Socket::new(Domain::for_address(from), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&from.into())?;
    Ok(TcpSocket::from_std_stream(socket.into()))
}

/// Whether another connection has this port on the way to the same server.
fn is_taken(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse)
}

/// The ports the OS gives to connections.
fn local_ports() -> Option<(u16, u16)> {
    let text = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    let mut numbers = text.split_whitespace().map(str::parse);
    match (numbers.next()?, numbers.next()?) {
        (Ok(first), Ok(last)) if 0 < first && first <= last => Some((first, last)),
        _ => None,
    }
}
