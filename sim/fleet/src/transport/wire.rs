//! What carries bytes: a TCP connection, or TLS with a proxy over one.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// A way for bytes.
pub(super) enum Wire {
    /// To the server, or to a proxy that is spoken with in the clear.
    Tcp(TcpStream),
    /// To a proxy that is spoken with over TLS. What runs inside may be TLS again.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Reads what is there, without waiting.
    pub(super) fn try_read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(tcp) => tcp.try_read(room),
            Self::Tls(_) => {
                let mut room = ReadBuf::new(room);
                let polled = Pin::new(self).poll_read(&mut without_waiting(), &mut room);
                at_once(polled).map(|()| room.filled().len())
            }
        }
    }

    /// Writes what there is room for, without waiting.
    pub(super) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(tcp) => tcp.try_write(bytes),
            Self::Tls(_) => {
                let count =
                    at_once(Pin::new(&mut *self).poll_write(&mut without_waiting(), bytes))?;
                let _ = Pin::new(self).poll_flush(&mut without_waiting());
                Ok(count)
            }
        }
    }
}

fn without_waiting() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

fn at_once<T>(polled: Poll<io::Result<T>>) -> io::Result<T> {
    match polled {
        Poll::Ready(result) => result,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_read(cx, room),
            Self::Tls(tls) => Pin::new(tls).poll_read(cx, room),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Self::Tls(tls) => Pin::new(tls).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_flush(cx),
            Self::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}
