//! The server behind real sockets: TLS with its own root, limits, faults, and an orderly end.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail the test by panicking")]

mod collection;
mod hostile;
mod parting;
mod scale;
mod syslog;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use muster_certs::trust_roots_from_pem;
use muster_server::{ClockSource, Error, Listen, Running, Server, ServerOptions, serve};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Far over what an answer on loopback takes, so that a hang fails the test.
const PATIENCE: Duration = Duration::from_secs(20);

const RECEIVER: &str = "/licservice/license";

fn server() -> Server {
    Server::new(ServerOptions::default(), ClockSource::Wall).unwrap()
}

async fn running(server: &Server) -> Running {
    serve(server.clone(), Listen::default()).await.unwrap()
}

fn request(method: &str, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Sends bytes and reads until the other side closes; an abrupt end counts as the end.
async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> String {
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("no answer in time");
    String::from_utf8_lossy(&answer).into_owned()
}

/// A client that trusts the server.
fn client_config(
    server: &Server,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    for root in trust_roots_from_pem(&server.root_pem()).unwrap() {
        roots.add(root).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

async fn over_tls(server: &Server, address: SocketAddr, name: &str, bytes: &[u8]) -> String {
    let config = client_config(server, rustls::ALL_VERSIONS);
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    converse(stream, bytes).await
}

async fn over_http(running: &Running, bytes: &[u8]) -> String {
    let stream = TcpStream::connect(running.product_http.unwrap()).await.unwrap();
    converse(stream, bytes).await
}

#[tokio::test]
async fn the_certificate_holds_for_every_default_name() {
    let server = server();
    let running = running(&server).await;
    for name in ["localhost", "127.0.0.1", "::1"] {
        let get = request("GET", RECEIVER, "");
        let answer = over_tls(&server, running.product_https, name, &get).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("This is the Smart Receiver!"), "{answer}");
    }
    running.shutdown().await;
}

#[tokio::test]
async fn a_licensing_request_is_answered_over_tls_and_plain_http() {
    let server = server();
    let running = running(&server).await;
    let hello = r#"{"sender_info":{"connect_info":{"name":"C_agent","version":"5"},"timestamp":1,
        "nonce":"42","sudi":{"udi_pid":"C8000V","udi_serial_number":"MST00000007"},
        "software_tag_identifier":"regid.x"},
        "license_data":[{"request_type":"HELLO","request_line_id":1}]}"#;
    let path = "/cslu/v1/pi/My%20VA-1";
    let post = request("POST", path, hello);
    let answers = [
        over_tls(&server, running.product_https, "localhost", &post).await,
        over_http(&running, &post).await,
    ];
    for answer in answers {
        assert!(answer.contains("content-type: application/json"), "{answer}");
        assert!(answer.contains(r#""nonce":"42""#) && answer.contains("CSLU_V2"), "{answer}");
    }
    let cssm = over_http(&running, &request("GET", RECEIVER, "")).await;
    assert!(cssm.starts_with("HTTP/1.1 404"), "{cssm}");
    running.shutdown().await;
}

#[tokio::test]
async fn the_control_api_moves_the_clock() {
    let server = server();
    let running = running(&server).await;
    let before = server.now_ms();
    let move_on = request("POST", "/muster/control/clock", r#"{"advance_ms":86400000}"#);
    let answer = over_tls(&server, running.admin.unwrap(), "localhost", &move_on).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(server.now_ms() >= before + 86_400_000);
    // Product listeners have no side door.
    let answer = over_tls(&server, running.product_https, "localhost", &move_on).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    running.shutdown().await;
}

#[tokio::test]
async fn injected_faults_reach_the_wire() {
    let server = server();
    let running = running(&server).await;
    let change = r#"{"bad_gateway_next":1,"close_next":1,"garbage_next":1}"#;
    let change = request("PUT", "/muster/control/settings", change);
    over_tls(&server, running.admin.unwrap(), "localhost", &change).await;
    let post = request("POST", "/SmartTransport", "{}");
    assert!(over_http(&running, &post).await.starts_with("HTTP/1.1 502"));
    assert_eq!(over_http(&running, &post).await, "");
    let garbage = over_http(&running, &post).await;
    assert!(!garbage.is_empty() && !garbage.contains("HTTP/1.1"), "{garbage:?}");
    assert!(over_http(&running, &post).await.starts_with("HTTP/1.1 200"));
    running.shutdown().await;
}

#[tokio::test]
async fn too_much_is_refused() {
    let server = server();
    let running = running(&server).await;
    let head = "POST /SmartTransport HTTP/1.1\r\nhost: localhost\r\n";
    let long_body = format!("{head}content-length: 1048577\r\n\r\n");
    let answer = over_http(&running, long_body.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let many: String = (0..100).map(|at| format!("x-{at}: 1\r\n")).collect();
    let answer = over_http(&running, format!("{head}{many}\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let answer = over_http(&running, b"\x16\x03\x01 this is not HTTP\r\n\r\n").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    running.shutdown().await;
}

#[tokio::test]
async fn silent_clients_hold_up_nobody_and_do_not_stop_the_end() {
    let server = server();
    let running = running(&server).await;
    let silent = TcpStream::connect(running.product_https).await.unwrap();
    let half = TcpStream::connect(running.product_http.unwrap()).await.unwrap();
    half.try_write(b"POST /SmartTransport HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{")
        .unwrap();
    let get = request("GET", RECEIVER, "");
    let answer = over_tls(&server, running.product_https, "localhost", &get).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let address = running.product_https;
    timeout(PATIENCE, running.shutdown()).await.expect("the server ends in time");
    assert!(TcpStream::connect(address).await.is_err());
    drop((silent, half));
}

#[tokio::test]
async fn the_admin_listener_stays_on_loopback() {
    let any = SocketAddr::from(([0, 0, 0, 0], 0));
    let listen = Listen { admin: Some(any), ..Listen::default() };
    let refused = serve(server(), listen).await;
    assert!(matches!(refused, Err(Error::AdminNotLoopback { address }) if address == any));
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let server = server();
    let first = running(&server).await;
    let listen = Listen { product_https: first.product_https, ..Listen::default() };
    let error = serve(server.clone(), listen).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot listen on {}", first.product_https)), "{error}");
    first.shutdown().await;
}
