//! One connection per exchange over hyper and rustls, as product instances do it, every stage
//! under a deadline.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use muster_journal::{FailureCause, PeerTls};
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::time::timeout_at;
use tokio_rustls::TlsConnector;

use super::certificate::Trust;
use super::{Call, Received, Reply, TlsSetupError, Undelivered, late, proxy, usable};
use crate::target::{EndpointUrl, Proxy, Target};

/// Deadlines and limits of one exchange.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// For the TCP connection and the TLS handshake, each.
    pub connect_ms_max: u64,
    /// From the request's first byte to the answer's last byte.
    pub answer_ms_max: u64,
    /// Bytes of an answer body.
    pub answer_bytes_max: usize,
}

impl Default for ClientOptions {
    /// 5 s to connect, 30 s to answer (a loaded On-Prem may queue for many seconds), 8 MiB.
    fn default() -> Self {
        Self {
            connect_ms_max: 5_000,
            answer_ms_max: 30_000,
            answer_bytes_max: muster_wire::limits::MESSAGE_BYTES_MAX,
        }
    }
}

/// Sends calls to one target.
#[derive(Clone)]
pub struct Client {
    trust: Trust,
    options: ClientOptions,
}

impl Client {
    /// A client that trusts `roots` and nothing else.
    pub fn new(
        roots: &[CertificateDer<'static>],
        options: ClientOptions,
    ) -> Result<Self, TlsSetupError> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        Ok(Self { trust: Trust::new(roots, &[], provider)?, options })
    }

    /// A client for a target, with everything its profile trusts.
    pub fn for_target(target: &Target, options: ClientOptions) -> Result<Self, TlsSetupError> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        Ok(Self { trust: Trust::of(target, provider)?, options })
    }

    /// Sends one call and waits for its reply; never longer than the deadlines.
    pub async fn exchange(&self, call: &Call) -> Reply {
        let started = Instant::now();
        let mut tls = None;
        let result = self.attempt(call, &mut tls).await;
        let elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        Reply { result, tls, elapsed_us }
    }

    async fn attempt(
        &self,
        call: &Call,
        peer: &mut Option<PeerTls>,
    ) -> Result<Received, Undelivered> {
        let (limit, url) = (Duration::from_millis(self.options.connect_ms_max), &*call.url);
        let tcp = connect(url, limit).await.map_err(|lost| proxy::on_the_way(url, lost))?;
        let (wire, _) = proxy::pass(tcp, url, &self.trust, limit).await?;
        if !url.tls {
            return self.request(TokioIo::new(wire), call).await;
        }
        let name = ServerName::try_from(url.host.clone())
            .map_err(|error| Undelivered::new(FailureCause::Tls, error))?;
        // Each exchange has a judge of its own, so that what it says is about this server.
        let verifier = self.trust.verifier(&url.way);
        let connector = TlsConnector::from(Arc::new(self.trust.config(verifier.clone())));
        let stream = match timeout_at(deadline(limit), connector.connect(name, wire)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                return Err(Undelivered::new(FailureCause::Tls, verifier.words(&error)));
            }
            Err(_) => return Err(late("TLS handshake", limit)),
        };
        let (_, session) = stream.get_ref();
        *peer = Some(PeerTls {
            version: match session.protocol_version() {
                Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3".to_owned(),
                Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2".to_owned(),
                other => format!("{other:?}"),
            },
            chain_length: session.peer_certificates().map_or(0, <[_]>::len),
        });
        self.request(TokioIo::new(stream), call).await
    }

    async fn request<S>(&self, stream: S, call: &Call) -> Result<Received, Undelivered>
    where
        S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    {
        let failed = |error: hyper::Error| Undelivered::new(http_cause(&error), describe(&error));
        let (mut sender, connection) = http1::handshake(stream).await.map_err(failed)?;
        let driver = tokio::spawn(connection);
        let limit = Duration::from_millis(self.options.answer_ms_max);
        let until = deadline(limit);
        let result = async {
            let request = build(call)?;
            let answer = match timeout_at(until, sender.send_request(request)).await {
                Ok(answer) => answer.map_err(failed)?,
                Err(_) => return Err(late("answer", limit)),
            };
            proxy::unless_refused(&call.url, answer.status().as_u16(), || {
                let asks = answer.headers().get_all("proxy-authenticate");
                asks.iter().map(|value| value.as_bytes().to_vec()).collect()
            })?;
            match timeout_at(until, self.collect(answer)).await {
                Ok(received) => received,
                Err(_) => Err(late("answer body", limit)),
            }
        }
        .await;
        drop(sender);
        driver.abort();
        result
    }

    async fn collect(&self, answer: http::Response<Incoming>) -> Result<Received, Undelivered> {
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut incoming = answer.into_body();
        let mut body = BytesMut::new();
        while let Some(frame) = incoming.frame().await {
            let frame =
                frame.map_err(|error| Undelivered::new(http_cause(&error), describe(&error)))?;
            let Ok(data) = frame.into_data() else { continue };
            if body.len() + data.len() > self.options.answer_bytes_max {
                let detail = format!("over {} bytes", self.options.answer_bytes_max);
                return Err(Undelivered::new(FailureCause::TooLong, detail));
            }
            body.extend_from_slice(&data);
        }
        Ok(Received { status, headers, body: body.to_vec() })
    }
}

/// A TCP connection to the first stop on the way.
async fn connect(url: &EndpointUrl, limit: Duration) -> Result<TcpStream, Undelivered> {
    let resolved = tokio::net::lookup_host(proxy::first_stop(url));
    let addresses = match timeout_at(deadline(limit), resolved).await {
        Ok(Ok(addresses)) => usable(addresses, url)?,
        Ok(Err(error)) => return Err(Undelivered::new(FailureCause::Dns, error)),
        Err(_) => return Err(late("name resolution", limit)),
    };
    let mut last = Undelivered::new(FailureCause::Dns, "the name has no address");
    for address in addresses {
        match timeout_at(deadline(limit), TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => {
                // Requests are single small writes; waiting to coalesce only adds delay.
                let _ = tcp.set_nodelay(true);
                return Ok(tcp);
            }
            Ok(Err(error)) => {
                last = Undelivered::new(FailureCause::Connect, format!("{address}: {error}"));
            }
            Err(_) => last = late("TCP connection", limit),
        }
    }
    Err(last)
}

fn build(call: &Call) -> Result<http::Request<Full<Bytes>>, Undelivered> {
    let names =
        |header: &str| call.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(header));
    let target = proxy::request_target(&call.url);
    let mut request = http::Request::builder().method(&*call.method).uri(target);
    // A request written by hand may name another host.
    if !names("host") {
        request = request.header("host", call.url.host_header());
    }
    for (name, value) in call.headers.iter() {
        request = request.header(name, value);
    }
    let known = proxy::relay(&call.url).and_then(Proxy::authorization);
    if let Some(known) = known.filter(|_| !names("proxy-authorization")) {
        request = request.header("proxy-authorization", known);
    }
    request
        .body(Full::new(Bytes::from(call.body.clone())))
        .map_err(|error| Undelivered::new(FailureCause::Http, error))
}

fn deadline(limit: Duration) -> tokio::time::Instant {
    tokio::time::Instant::now() + limit
}

fn http_cause(error: &hyper::Error) -> FailureCause {
    if error.is_parse() || error.is_parse_status() {
        FailureCause::Http
    } else if error.is_timeout() {
        FailureCause::Timeout
    } else {
        FailureCause::Closed
    }
}

/// hyper's texts hide the cause in the source chain.
fn describe(error: &hyper::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
