//! One socket, with or without TLS: bytes out, content in, and nothing held while at rest.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use muster_journal::PeerTls;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Wire;
use super::budget::Slot;
use super::buffers::{Buffers, Incoming};
use super::place::Place;
use super::session::Session;

/// A connection of one lane.
pub(super) struct Connection {
    wire: Wire,
    tls: Option<Box<Session>>,
    incoming: Incoming,
    /// Without heap while nothing is to be sent.
    outgoing: Vec<u8>,
    outgoing_sent: usize,
    buffers: Rc<Buffers>,
    slot: Slot,
    /// Where it leads.
    pub(super) place: Rc<Place>,
    /// What TLS showed.
    pub(super) peer: Option<Rc<PeerTls>>,
    /// Bytes this exchange gave to the socket.
    pub(super) bytes_sent: u64,
    /// Bytes this exchange took from the socket.
    pub(super) bytes_received: u64,
}

/// What a read brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Bytes; their content, if they held any, was given away.
    Bytes,
    /// The end; `clean` if TLS, where spoken, said goodbye.
    End { clean: bool },
}

impl Connection {
    pub(super) fn new(wire: Wire, place: Rc<Place>, slot: Slot, buffers: Rc<Buffers>) -> Self {
        Self {
            wire,
            tls: None,
            incoming: Incoming::default(),
            outgoing: Vec::new(),
            outgoing_sent: 0,
            buffers,
            slot,
            place,
            peer: None,
            bytes_sent: 0,
            bytes_received: 0,
        }
    }

    /// Whether everything given to be sent was sent.
    pub(super) fn is_all_sent(&self) -> bool {
        self.outgoing.is_empty()
    }

    pub(super) fn session(&self) -> Option<&Session> {
        self.tls.as_deref()
    }

    /// The slot, for a connection that takes this one's place.
    pub(super) fn into_slot(self) -> Slot {
        self.slot
    }

    /// Speaks TLS until it is established. What ends the handshake is not sent yet: it goes out
    /// with the first request.
    pub(super) async fn establish(&mut self, session: Session) -> io::Result<()> {
        self.tls = Some(Box::new(session));
        std::future::poll_fn(|cx| self.poll_establish(cx)).await
    }

    fn poll_establish(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let advanced = self.understand(&mut |_| ());
            let handshaking = self.tls.as_ref().is_some_and(|tls| tls.is_handshaking());
            if advanced.is_ok() && !handshaking {
                self.incoming.settle(&self.buffers);
                return Poll::Ready(Ok(()));
            }
            // An alert is worth sending, and the fault is worth more than a failure to do so.
            let sent = self.poll_send(cx);
            advanced?;
            if let Poll::Ready(Err(error)) = sent {
                return Poll::Ready(Err(error));
            }
            if ready!(self.poll_read(cx))? == 0 {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }

    /// Gives `content` to be sent; encrypted under TLS.
    pub(super) fn put(&mut self, content: &[u8]) -> io::Result<()> {
        if self.outgoing.capacity() == 0 {
            self.outgoing = self.buffers.lend_writing();
        }
        match &mut self.tls {
            None => self.outgoing.extend_from_slice(content),
            Some(tls) => {
                tls.encrypt(content, &mut self.incoming, &mut self.outgoing).map_err(unspoken)?
            }
        }
        Ok(())
    }

    /// Sends what was given to be sent.
    pub(super) fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.outgoing_sent < self.outgoing.len() {
            let rest = &self.outgoing[self.outgoing_sent..];
            let count = ready!(Pin::new(&mut self.wire).poll_write(cx, rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outgoing_sent += count;
            self.bytes_sent += count as u64;
        }
        if self.outgoing.capacity() > 0 {
            self.buffers.return_writing(std::mem::take(&mut self.outgoing));
            self.outgoing_sent = 0;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads once, and gives what content came to `content`.
    pub(super) fn poll_hear(
        &mut self,
        cx: &mut Context<'_>,
        content: &mut dyn FnMut(&[u8]),
    ) -> Poll<io::Result<Heard>> {
        let count = ready!(self.poll_read(cx))?;
        let clean = |this: &Self| this.tls.as_ref().is_none_or(|tls| tls.is_peer_closed());
        if count == 0 {
            return Poll::Ready(Ok(Heard::End { clean: clean(self) }));
        }
        self.understand(content)?;
        self.incoming.settle(&self.buffers);
        let goodbye = self.tls.as_ref().is_some_and(|tls| tls.is_peer_closed());
        Poll::Ready(Ok(if goodbye { Heard::End { clean: true } } else { Heard::Bytes }))
    }

    /// One read from the socket; the buffer goes back at once if nothing came.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let Some(room) = self.incoming.room(&self.buffers) else {
            return Poll::Ready(Err(io::Error::other("a TLS message without end")));
        };
        let mut room = ReadBuf::new(room);
        let polled = Pin::new(&mut self.wire).poll_read(cx, &mut room);
        let count = room.filled().len();
        self.incoming.took(count);
        self.bytes_received += count as u64;
        if count == 0 {
            self.incoming.settle(&self.buffers);
        }
        polled.map_ok(|()| count)
    }

    fn understand(&mut self, content: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        match &mut self.tls {
            None => {
                let bytes = self.incoming.filled();
                let count = bytes.len();
                content(bytes);
                self.incoming.discard(count);
                Ok(())
            }
            Some(tls) => {
                tls.advance(&mut self.incoming, &mut self.outgoing, content).map_err(unspoken)
            }
        }
    }

    /// Whether a connection that was at rest can carry a request: the peer neither ended it nor
    /// said anything but what TLS has to say. Does not wait.
    pub(super) fn is_sound(&mut self) -> bool {
        loop {
            let Some(room) = self.incoming.room(&self.buffers) else { return false };
            let read = self.wire.try_read(room);
            match read {
                Ok(0) => return false,
                Ok(count) => {
                    self.incoming.took(count);
                    self.bytes_received += count as u64;
                    let mut said = 0;
                    let understood = self.understand(&mut |content| said += content.len());
                    let goodbye = self.tls.as_ref().is_some_and(|tls| tls.is_peer_closed());
                    if understood.is_err() || said > 0 || goodbye {
                        return false;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.incoming.settle(&self.buffers);
                    return true;
                }
                Err(_) => return false,
            }
        }
    }

    /// Gives every borrowed buffer back and begins to count anew: what a kept connection does.
    pub(super) fn rest(&mut self) {
        self.incoming.rest(&self.buffers);
        self.bytes_sent = 0;
        self.bytes_received = 0;
    }

    /// Ends the connection with a goodbye, without waiting for anyone to hear it.
    pub(super) fn close(mut self) {
        let Some(tls) = &mut self.tls else { return };
        if self.outgoing.is_empty() && tls.close(&mut self.incoming, &mut self.outgoing).is_ok() {
            let _ = self.wire.try_write(&self.outgoing);
        }
    }
}

fn unspoken(error: rustls::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
