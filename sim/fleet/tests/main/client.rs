//! The real client: every stage that can fail, and what a connection shows.

use std::time::{Duration, Instant};

use muster_certs::trust_roots_from_pem;
use muster_fleet::EndpointUrl;
use muster_fleet::transport::{Call, Client, ClientOptions, Reply};
use muster_journal::FailureCause;

use crate::socket_server::{Manner, SocketServer, authority, http, ok, tls};

const OPTIONS: ClientOptions =
    ClientOptions { connect_ms_max: 2_000, answer_ms_max: 2_000, answer_bytes_max: 1_000 };
const HASTY: ClientOptions =
    ClientOptions { connect_ms_max: 200, answer_ms_max: 150, answer_bytes_max: 1_000 };

fn ask_with(url: &str, root_pem: Option<&str>, options: ClientOptions) -> Reply {
    let roots = root_pem.map(|pem| trust_roots_from_pem(pem).unwrap()).unwrap_or_default();
    let client = Client::new(&roots, options).unwrap();
    let call = Call {
        endpoint: "cslu".into(),
        url: EndpointUrl::parse(url).unwrap().into(),
        method: "POST".into(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())].into(),
        body: b"{\"drill\":true}".to_vec(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client.exchange(&call))
}

fn ask(url: &str) -> Reply {
    ask_with(url, None, OPTIONS)
}

fn cause(reply: &Reply) -> FailureCause {
    match &reply.result {
        Ok(received) => panic!("answered: {received:?}"),
        Err(lost) => {
            assert!(!lost.detail.is_empty());
            lost.cause
        }
    }
}

fn plain(manner: Manner) -> Reply {
    let server = SocketServer::plain(manner);
    ask(&server.url("http", "127.0.0.1"))
}

#[test]
fn an_answer_is_an_answer_whatever_its_status() {
    for (status, number) in [("200 OK", 200), ("404 Not Found", 404), ("502 Bad Gateway", 502)] {
        let server = SocketServer::plain(Manner::Bytes(http(status, "what the server says")));
        let reply = ask(&server.url("http", "127.0.0.1"));
        let received = reply.result.unwrap();
        assert_eq!((received.status, &received.body[..]), (number, &b"what the server says"[..]));
        assert!(received.headers.contains(&("x-room".to_owned(), "Drill".to_owned())));
        assert!(reply.tls.is_none() && reply.elapsed_us > 0);
        let sent = server.requests.lock().unwrap().clone();
        let expected = ("POST /drill?round=1 HTTP/1.1", "{\"drill\":true}");
        assert_eq!(sent, [(expected.0.to_owned(), expected.1.to_owned())]);
    }
}

#[test]
fn a_closed_port_refuses_the_connection() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert_eq!(cause(&ask(&format!("http://127.0.0.1:{port}/"))), FailureCause::Connect);
}

#[test]
fn a_name_that_does_not_exist_is_a_dns_failure() {
    // A label over 63 characters is refused by every resolver, without a question to the network.
    let url = format!("http://{}.invalid/", "x".repeat(64));
    assert_eq!(cause(&ask(&url)), FailureCause::Dns);
}

#[test]
fn a_tls_connection_shows_its_version_and_chain() {
    let authority = authority(1);
    let config = tls(&authority, &["127.0.0.1"]);
    let server = SocketServer::secure(config, Manner::Bytes(ok("hello")));
    let url = server.url("https", "127.0.0.1");
    let reply = ask_with(&url, Some(&authority.root_pem()), OPTIONS);
    let shown = reply.tls.clone().unwrap();
    assert_eq!(shown.version, "TLSv1.3");
    assert_eq!(shown.chain_length, 1 + authority.intermediates_der().len());
    // The end of the stream without a TLS goodbye is no fault once the body is whole.
    assert_eq!(reply.result.unwrap().body, b"hello");
}

#[test]
fn a_foreign_root_and_a_wrong_name_are_tls_failures() {
    let (ours, theirs) = (authority(1), authority(2));
    let config = tls(&theirs, &["127.0.0.1"]);
    let server = SocketServer::secure(config, Manner::Bytes(ok("hello")));
    let url = server.url("https", "127.0.0.1");
    let reply = ask_with(&url, Some(&ours.root_pem()), OPTIONS);
    assert_eq!(cause(&reply), FailureCause::Tls);
    assert!(reply.tls.is_none() && server.first_lines().is_empty());
    let config = tls(&ours, &["elsewhere.test"]);
    let server = SocketServer::secure(config, Manner::Bytes(ok("hello")));
    let url = server.url("https", "127.0.0.1");
    assert_eq!(cause(&ask_with(&url, Some(&ours.root_pem()), OPTIONS)), FailureCause::Tls);
    assert_eq!(cause(&ask_with(&url, None, OPTIONS)), FailureCause::Tls);
}

#[test]
fn plain_http_on_a_tls_url_is_a_tls_failure() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("https://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    assert_eq!(cause(&ask(&url)), FailureCause::Tls);
}

#[test]
fn bytes_that_are_not_http_are_told_apart_from_a_closed_connection() {
    let garbage = b"\x16\x03\x01 this is no HTTP\r\n\r\n".to_vec();
    assert_eq!(cause(&plain(Manner::Bytes(garbage))), FailureCause::Http);
    assert_eq!(cause(&plain(Manner::Bytes(Vec::new()))), FailureCause::Closed);
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this".to_vec();
    assert_eq!(cause(&plain(Manner::Bytes(cut))), FailureCause::Closed);
}

#[test]
fn a_body_over_the_limit_is_cut_off() {
    assert_eq!(plain(Manner::Bytes(ok(&"x".repeat(1_000)))).result.unwrap().body.len(), 1_000);
    let long = Manner::Bytes(ok(&"x".repeat(1_001)));
    assert_eq!(cause(&plain(long)), FailureCause::TooLong);
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(100_000));
    assert_eq!(cause(&plain(Manner::Silent(endless.into_bytes()))), FailureCause::TooLong);
}

#[test]
fn every_stage_has_a_deadline() {
    let slow = [
        Manner::Silent(Vec::new()),
        Manner::Silent(b"HTTP/1.1 200 OK\r\nx-slow: ".to_vec()),
        Manner::Silent(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec()),
    ];
    for manner in slow {
        let server = SocketServer::plain(manner.clone());
        let started = Instant::now();
        let reply = ask_with(&server.url("http", "127.0.0.1"), None, HASTY);
        assert_eq!(cause(&reply), FailureCause::Timeout, "{manner:?}");
        assert!(started.elapsed() < Duration::from_secs(2), "{manner:?}");
    }
    // A listener that never speaks keeps the TLS handshake waiting.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("https://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    assert_eq!(cause(&ask_with(&url, None, HASTY)), FailureCause::Timeout);
}
