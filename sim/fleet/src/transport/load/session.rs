//! TLS of one connection over borrowed buffers: rustls without buffers of its own, so that a
//! connection at rest is its keys and little more.

use std::sync::Arc;

use muster_journal::PeerTls;
use rustls::client::{ClientConnectionData, UnbufferedClientConnection};
use rustls::pki_types::ServerName;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncryptError, InsufficientSizeError, UnbufferedStatus,
    WriteTraffic,
};
use rustls::{ClientConfig, Error, HandshakeKind, ProtocolVersion};

use super::buffers::Incoming;

/// The TLS state of a connection.
pub(super) struct Session {
    tls: UnbufferedClientConnection,
    peer_closed: bool,
    failed: bool,
}

impl Session {
    pub(super) fn new(
        config: &Arc<ClientConfig>,
        name: &ServerName<'static>,
    ) -> Result<Self, Error> {
        let tls = UnbufferedClientConnection::new(Arc::clone(config), name.clone())?;
        Ok(Self { tls, peer_closed: false, failed: false })
    }

    pub(super) fn is_handshaking(&self) -> bool {
        self.tls.is_handshaking()
    }

    pub(super) fn is_resumed(&self) -> bool {
        self.tls.handshake_kind() == Some(HandshakeKind::Resumed)
    }

    /// Whether the peer said that it sends nothing more.
    pub(super) fn is_peer_closed(&self) -> bool {
        self.peer_closed
    }

    /// The version as the journal names it, and how many certificates the peer showed.
    pub(super) fn shown(&self) -> (Option<ProtocolVersion>, usize) {
        let chain_length = self.tls.peer_certificates().map_or(0, <[_]>::len);
        (self.tls.protocol_version(), chain_length)
    }

    /// Understands what came, gives its content to `content`, and appends to `out` what TLS has
    /// to say; until nothing more can be done without more bytes.
    pub(super) fn advance(
        &mut self,
        incoming: &mut Incoming,
        out: &mut Vec<u8>,
        mut content: impl FnMut(&[u8]),
    ) -> Result<(), Error> {
        loop {
            let UnbufferedStatus { mut discard, state } =
                self.tls.process_tls_records(incoming.filled());
            let mut blocked = false;
            let mut fault = None;
            match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(record) = traffic.next_record() {
                        let record = record?;
                        discard += record.discard;
                        content(record.payload);
                    }
                }
                Ok(ConnectionState::EncodeTlsData(mut data)) => {
                    append(out, 0, |room| data.encode(room));
                }
                // The caller sends `out` before it waits for anything.
                Ok(ConnectionState::TransmitTlsData(data)) => data.done(),
                Ok(ConnectionState::PeerClosed) => self.peer_closed = true,
                // Without early data there is nothing else to do but to wait for bytes.
                Ok(_) => blocked = true,
                Err(error) => fault = Some(error),
            }
            incoming.discard(discard);
            if let Some(error) = fault {
                self.failed = true;
                self.queue_alert(incoming, out);
                return Err(error);
            }
            if blocked {
                return Ok(());
            }
        }
    }

    /// Appends `content` to `out`, encrypted; the handshake must be over.
    pub(super) fn encrypt(
        &mut self,
        content: &[u8],
        incoming: &mut Incoming,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        // Each record of 16 KiB adds a header, a type byte and a tag.
        let guess = content.len() + (content.len() / 16_384 + 1) * 64;
        self.with_traffic(incoming, out, |traffic, out| {
            append(out, guess, |room| traffic.encrypt(content, room))
        })
    }

    /// Appends a goodbye to `out`.
    pub(super) fn close(
        &mut self,
        incoming: &mut Incoming,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        self.with_traffic(incoming, out, |traffic, out| {
            append(out, 64, |room| traffic.queue_close_notify(room))
        })
    }

    /// Lets `act` write. rustls remembers places in what came, so it must see that here, too.
    fn with_traffic(
        &mut self,
        incoming: &mut Incoming,
        out: &mut Vec<u8>,
        act: impl FnOnce(&mut WriteTraffic<'_, ClientConnectionData>, &mut Vec<u8>) -> bool,
    ) -> Result<(), Error> {
        while !self.failed {
            let UnbufferedStatus { discard, state } =
                self.tls.process_tls_records(incoming.filled());
            match state? {
                ConnectionState::EncodeTlsData(mut data) => {
                    append(out, 0, |room| data.encode(room));
                }
                ConnectionState::TransmitTlsData(data) => data.done(),
                ConnectionState::PeerClosed => self.peer_closed = true,
                ConnectionState::WriteTraffic(mut traffic) => {
                    let written = act(&mut traffic, out);
                    incoming.discard(discard);
                    return if written { Ok(()) } else { Err(Error::EncryptError) };
                }
                _ => break,
            }
            incoming.discard(discard);
        }
        Err(Error::HandshakeNotComplete)
    }

    /// The alert that tells the peer what it did wrong, if there is one.
    fn queue_alert(&mut self, incoming: &mut Incoming, out: &mut Vec<u8>) {
        // Only while there is one: past that, rustls would go on with what came.
        while self.tls.wants_write() {
            let state = self.tls.process_tls_records(incoming.filled()).state;
            let Ok(ConnectionState::EncodeTlsData(mut data)) = state else { return };
            append(out, 0, |room| data.encode(room));
        }
    }
}

/// What the journal says of the peer.
pub(super) fn peer_tls(version: Option<ProtocolVersion>, chain_length: usize) -> PeerTls {
    let version = match version {
        Some(ProtocolVersion::TLSv1_3) => "TLSv1.3".to_owned(),
        Some(ProtocolVersion::TLSv1_2) => "TLSv1.2".to_owned(),
        other => format!("{other:?}"),
    };
    PeerTls { version, chain_length }
}

/// An error that may be a lack of room.
trait MaybeRoom {
    fn required(&self) -> Option<usize>;
}

impl MaybeRoom for EncodeError {
    fn required(&self) -> Option<usize> {
        match self {
            Self::InsufficientSize(InsufficientSizeError { required_size }) => Some(*required_size),
            Self::AlreadyEncoded => None,
        }
    }
}

impl MaybeRoom for EncryptError {
    fn required(&self) -> Option<usize> {
        match self {
            Self::InsufficientSize(InsufficientSizeError { required_size }) => Some(*required_size),
            Self::EncryptExhausted => None,
        }
    }
}

/// Lets `write` append to `out`, with as much room as it turns out to need; false if it cannot.
fn append<E: MaybeRoom>(
    out: &mut Vec<u8>,
    guess: usize,
    mut write: impl FnMut(&mut [u8]) -> Result<usize, E>,
) -> bool {
    let start = out.len();
    let mut room = guess;
    // The second try has the room that the first one asked for.
    for _ in 0..2 {
        out.resize(start + room, 0);
        match write(&mut out[start..]) {
            Ok(count) => {
                out.truncate(start + count);
                return true;
            }
            Err(error) => match error.required() {
                Some(required) => room = required,
                None => break,
            },
        }
    }
    out.truncate(start);
    false
}
