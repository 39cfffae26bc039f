//! Through a proxy: TLS with the proxy itself, `CONNECT` for servers with TLS, and what the proxy
//! says when it does not let a request through.
//!
//! Source: RFC 9110, "CONNECT" and "Proxy-Authenticate"; RFC 9112, "absolute-form".

use std::io;
use std::time::Duration;

use http::StatusCode;
use muster_journal::FailureCause;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::certificate::Trust;
use super::wire::Wire;
use super::{Undelivered, late};
use crate::target::{EndpointUrl, Proxy};

/// Bytes of the head that answers `CONNECT`; proxies say little.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Header lines of it.
const HEADERS_MAX: usize = 100;

/// Provisional answers before the real one.
const PROVISIONAL_MAX: u8 = 16;

/// Bytes that went over the wire before the server was spoken with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carried {
    pub(super) sent: u64,
    pub(super) received: u64,
}

/// Where the first connection on the way to a server leads.
pub(super) fn first_stop(url: &EndpointUrl) -> (&str, u16) {
    let stop = url.way.proxy.as_ref().map_or(url, |proxy| &proxy.url);
    (&stop.host, stop.port)
}

/// The proxy that is given a request whole, where there is one: without TLS there is no tunnel.
pub(super) fn relay(url: &EndpointUrl) -> Option<&Proxy> {
    url.way.proxy.as_deref().filter(|_| !url.tls)
}

/// What goes on the request line: through a relay the whole URL.
pub(super) fn request_target(url: &EndpointUrl) -> String {
    match relay(url) {
        Some(_) => format!("http://{}{}", url.host_header(), url.path),
        None => url.path.clone(),
    }
}

/// Says that it was the proxy where something failed on the way to one.
pub(super) fn on_the_way(url: &EndpointUrl, lost: Undelivered) -> Undelivered {
    match &url.way.proxy {
        Some(proxy) => blame(proxy, lost.cause, lost.detail),
        None => lost,
    }
}

fn blame(proxy: &Proxy, cause: FailureCause, detail: impl std::fmt::Display) -> Undelivered {
    Undelivered::new(cause, format!("proxy {}: {detail}", proxy.url.text))
}

/// Goes on from the first stop: nowhere without a proxy; else TLS with the proxy where it wants
/// it, and a tunnel where the server is spoken with over TLS. Each is given `limit`.
pub(super) async fn pass(
    tcp: TcpStream,
    url: &EndpointUrl,
    trust: &Trust,
    limit: Duration,
) -> Result<(Wire, Carried), Undelivered> {
    let Some(proxy) = url.way.proxy.as_deref() else {
        return Ok((Wire::Tcp(tcp), Carried::default()));
    };
    let mut wire = match proxy.url.tls {
        false => Wire::Tcp(tcp),
        true => secure(tcp, proxy, trust, limit).await.map_err(|lost| on_the_way(url, lost))?,
    };
    if !url.tls {
        return Ok((wire, Carried::default()));
    }
    let tunnel = timeout(limit, open_tunnel(&mut wire, proxy, url)).await;
    let carried = tunnel.unwrap_or_else(|_| {
        let lost = late("answer to CONNECT", limit);
        Err(blame(proxy, lost.cause, lost.detail))
    })?;
    Ok((wire, carried))
}

/// TLS with the proxy itself. Its certificate is judged as that of any server whose kind nobody
/// stated: a proxy over https needs no import.
async fn secure(
    tcp: TcpStream,
    proxy: &Proxy,
    trust: &Trust,
    limit: Duration,
) -> Result<Wire, Undelivered> {
    let name = ServerName::try_from(proxy.url.host.clone())
        .map_err(|error| Undelivered::new(FailureCause::Tls, error))?;
    let verifier = trust.verifier(&proxy.url.way);
    let connector = TlsConnector::from(Arc::new(trust.config(verifier.clone())));
    match timeout(limit, connector.connect(name, tcp)).await {
        Ok(Ok(tls)) => Ok(Wire::Tls(Box::new(tls))),
        Ok(Err(error)) => Err(Undelivered::new(FailureCause::Tls, verifier.words(&error))),
        Err(_) => Err(late("TLS handshake", limit)),
    }
}

/// Asks for a tunnel to the server and reads no byte past the answer.
async fn open_tunnel(
    wire: &mut (impl AsyncRead + AsyncWrite + Unpin),
    proxy: &Proxy,
    url: &EndpointUrl,
) -> Result<Carried, Undelivered> {
    let closed = |error: io::Error| blame(proxy, FailureCause::Closed, error);
    let ask = connect_request(proxy, url);
    wire.write_all(ask.as_bytes()).await.map_err(closed)?;
    wire.flush().await.map_err(closed)?;
    let (mut head, mut piece) = (Vec::new(), [0; 1024]);
    loop {
        let count = wire.read(&mut piece).await.map_err(closed)?;
        if count == 0 {
            let detail = "the connection ended without an answer to CONNECT";
            return Err(blame(proxy, FailureCause::Closed, detail));
        }
        head.extend_from_slice(&piece[..count]);
        let read = ConnectAnswer::read(&head).map_err(|why| {
            blame(proxy, FailureCause::Http, format!("no answer to CONNECT: {why}"))
        })?;
        let Some(answer) = read else { continue };
        if !(200..300).contains(&answer.status) {
            return Err(refusal(proxy, url, answer.status, &answer.schemes));
        }
        if answer.length < head.len() {
            // A server with TLS waits to be spoken to: these bytes are nobody's.
            return Err(blame(proxy, FailureCause::Http, "bytes after the answer to CONNECT"));
        }
        return Ok(Carried { sent: ask.len() as u64, received: head.len() as u64 });
    }
}

fn connect_request(proxy: &Proxy, url: &EndpointUrl) -> String {
    let server = url.host_and_port();
    let authorization = proxy
        .authorization()
        .map(|value| format!("proxy-authorization: {value}\r\n"))
        .unwrap_or_default();
    format!("CONNECT {server} HTTP/1.1\r\nhost: {server}\r\n{authorization}\r\n")
}

/// The head that answers `CONNECT`.
struct ConnectAnswer {
    status: u16,
    /// Ways to show credentials that the proxy knows, where it asks for some.
    schemes: Vec<String>,
    length: usize,
}

impl ConnectAnswer {
    /// The answer at the front of `bytes`, once it is whole.
    fn read(bytes: &[u8]) -> Result<Option<Self>, String> {
        let mut start = 0;
        for _ in 0..=PROVISIONAL_MAX {
            let mut lines = [httparse::EMPTY_HEADER; HEADERS_MAX];
            let mut head = httparse::Response::new(&mut lines);
            let parsed = head.parse(&bytes[start..]).map_err(|error| error.to_string())?;
            let httparse::Status::Complete(length) = parsed else {
                if bytes.len() > HEAD_BYTES_MAX {
                    return Err(format!("a head of over {HEAD_BYTES_MAX} bytes"));
                }
                return Ok(None);
            };
            start += length;
            let status = head.code.expect("a whole head has a status");
            if !(100..200).contains(&status) {
                let asks = head
                    .headers
                    .iter()
                    .filter(|line| line.name.eq_ignore_ascii_case("proxy-authenticate"));
                let schemes = asks.map(|line| scheme(line.value)).collect();
                return Ok(Some(Self { status, schemes, length: start }));
            }
        }
        Err("provisional answers without end".to_owned())
    }
}

/// The scheme a `proxy-authenticate` header asks for, of what a token may hold.
fn scheme(value: &[u8]) -> String {
    let token = value.iter().take_while(|one| one.is_ascii_alphanumeric() || **one == b'-');
    token.take(20).map(|one| char::from(*one)).collect()
}

/// Whether an answer's status is the server's own. 407 never is: only a proxy asks for credentials
/// of that kind, by the `proxy-authenticate` headers that `asks` gives.
pub(super) fn unless_refused(
    url: &EndpointUrl,
    status: u16,
    asks: impl FnOnce() -> Vec<Vec<u8>>,
) -> Result<(), Undelivered> {
    match relay(url) {
        Some(proxy) if status == 407 => {
            let schemes: Vec<_> = asks().iter().map(|value| scheme(value)).collect();
            Err(refusal(proxy, url, status, &schemes))
        }
        _ => Ok(()),
    }
}

/// What it means that a proxy did not let a request through.
fn refusal(proxy: &Proxy, url: &EndpointUrl, status: u16, schemes: &[String]) -> Undelivered {
    let server = url.host_and_port();
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let answer = format!("{status} {}", reason.unwrap_or_default()).trim_end().to_owned();
    let is_basic =
        schemes.is_empty() || schemes.iter().any(|one| one.eq_ignore_ascii_case("basic"));
    match status {
        407 if !is_basic => {
            let schemes = schemes.join(", ");
            let detail = format!(
                "wants credentials of the form {schemes}, Basic is all there is ({answer})"
            );
            blame(proxy, FailureCause::Connect, detail)
        }
        // Some say 401 to wrong credentials, as a server would.
        407 | 401 if proxy.authorization().is_some() => {
            let detail = format!("refused user or password of [proxy] ({answer})");
            blame(proxy, FailureCause::Connect, detail)
        }
        407 | 401 => {
            let detail = format!("wants credentials; give user and password in [proxy] ({answer})");
            blame(proxy, FailureCause::Connect, detail)
        }
        403 => {
            let detail = format!("lets nobody through to {server} ({answer})");
            blame(proxy, FailureCause::Connect, detail)
        }
        // The proxy waited in our place: to the instance it is as if the server did not answer.
        504 => {
            let detail = format!("heard nothing from {server} in time ({answer})");
            blame(proxy, FailureCause::Timeout, detail)
        }
        _ => {
            let detail = format!("CONNECT {server} was answered {answer}");
            blame(proxy, FailureCause::Connect, detail)
        }
    }
}

#[cfg(test)]
mod tests;
