//! The barest HTTPS client that can post a body and read an answer with a length.

use std::net::SocketAddr;
use std::sync::Arc;

use muster_certs::trust_roots_from_pem;
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, HandshakeKind, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::instance::RECEIVER;

/// One keep-alive connection with its buffers.
pub(crate) struct Client {
    stream: TlsStream<TcpStream>,
    request: Vec<u8>,
    answer: Vec<u8>,
}

/// TLS that trusts the server under test.
pub(crate) fn config(root_pem: &str, resumes: bool) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for root in trust_roots_from_pem(root_pem).unwrap() {
        roots.add(root).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption =
        if resumes { Resumption::in_memory_sessions(256) } else { Resumption::disabled() };
    Arc::new(config)
}

impl Client {
    pub(crate) async fn open(address: SocketAddr, config: &Arc<ClientConfig>) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await.unwrap();
        Self { stream, request: Vec::new(), answer: Vec::with_capacity(4096) }
    }

    pub(crate) fn is_resumed(&self) -> bool {
        self.stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed)
    }

    /// Posts a body; the answer's body.
    pub(crate) async fn post(&mut self, path: &str, body: &[u8]) -> Vec<u8> {
        self.request.clear();
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: bench\r\naccept: */*\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        self.request.extend_from_slice(head.as_bytes());
        self.request.extend_from_slice(body);
        self.exchange().await
    }

    /// Asks for the receiver's banner.
    pub(crate) async fn banner(&mut self) {
        let get = format!("GET {RECEIVER} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        self.request.clear();
        self.request.extend_from_slice(get.as_bytes());
        let answer = self.exchange().await;
        assert_eq!(answer, b"This is the Smart Receiver!");
    }

    async fn exchange(&mut self) -> Vec<u8> {
        self.stream.write_all(&self.request).await.unwrap();
        self.stream.flush().await.unwrap();
        self.answer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.answer).await.unwrap();
            assert!(read > 0, "the server closed: {}", String::from_utf8_lossy(&self.answer));
            if let Some(body) = whole_body(&self.answer) {
                return body.to_vec();
            }
        }
    }
}

/// Whether `text` occurs in an answer.
pub(crate) fn contains(answer: &[u8], text: &str) -> bool {
    answer.windows(text.len()).any(|window| window == text.as_bytes())
}

fn whole_body(answer: &[u8]) -> Option<&[u8]> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    let (_, rest) = head.split_once("content-length: ")?;
    let length: usize = rest.split("\r\n").next().unwrap().parse().unwrap();
    answer.get(end..end + length)
}
