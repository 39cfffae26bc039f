//! The load client: what connections it keeps, replaces and closes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use muster_certs::{Authority, trust_roots_from_pem};
use muster_fleet::EndpointUrl;
use muster_fleet::transport::{ConnectionUse, LoadClient, LoadOptions, LoadReply, LoadRequest};
use muster_journal::FailureCause;
use rustls::ServerConfig;
use tokio::task::LocalSet;

use crate::load_client_server::{Deed, LoadServer};
use crate::socket_server::{authority, tls};

pub(crate) fn options() -> LoadOptions {
    LoadOptions {
        keep_alive: true,
        connect_ms_max: 2_000,
        answer_ms_max: 2_000,
        answer_bytes_max: 1_000,
        ..LoadOptions::default()
    }
}

/// The first handshake of a process gathers entropy, which takes its time on a busy machine.
pub(crate) fn hasty() -> LoadOptions {
    LoadOptions { connect_ms_max: 1_000, answer_ms_max: 150, ..options() }
}

pub(crate) fn client(authority: Option<&Authority>, options: LoadOptions) -> LoadClient {
    let roots = authority.map(|one| trust_roots_from_pem(&one.root_pem()).unwrap());
    LoadClient::new(&roots.unwrap_or_default(), options).unwrap()
}

pub(crate) async fn ask(client: &LoadClient, lane: u32, url: &str) -> LoadReply {
    let url = EndpointUrl::parse(url).unwrap();
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    let request = LoadRequest {
        url: &url,
        method: "POST",
        headers: &headers,
        body: b"{\"drill\":true}",
        headers_wanted: true,
    };
    client.exchange(lane, &request).await
}

pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, work)
}

pub(crate) fn secure() -> (Authority, Arc<ServerConfig>) {
    let authority = authority(1);
    let config = tls(&authority, &["127.0.0.1"]);
    (authority, config)
}

pub(crate) fn cause(reply: &LoadReply) -> FailureCause {
    match &reply.result {
        Ok(received) => panic!("answered: {received:?}"),
        Err(lost) => {
            assert!(!lost.detail.is_empty());
            lost.cause
        }
    }
}

pub(crate) fn body(reply: LoadReply) -> Vec<u8> {
    reply.result.unwrap().body
}

/// Time for what a server sends or ends to arrive.
pub(crate) async fn settle() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[test]
fn a_lane_keeps_its_connection_and_shares_it_with_no_other() {
    let (authority, config) = secure();
    let server = LoadServer::start(Some(config), |_, _| Deed::Answer);
    let client = client(Some(&authority), options());
    run(async {
        for round in 0..3 {
            for lane in [7, 8] {
                let reply = ask(&client, lane, &server.url("https")).await;
                let expected =
                    if round == 0 { ConnectionUse::FullHandshake } else { ConnectionUse::Reused };
                assert_eq!(reply.used, expected);
                let shown = reply.tls.clone().unwrap();
                assert_eq!(shown.version, "TLSv1.3");
                assert_eq!(shown.chain_length, 1 + authority.intermediates_der().len());
                assert!(reply.sent_at.unwrap() <= reply.ended_at && !reply.resent);
                assert!(reply.bytes_sent > 100 && reply.bytes_received > 50);
                let received = reply.result.unwrap();
                assert_eq!((received.status, &received.body[..]), (200, &b"hello"[..]));
                assert!(received.headers.contains(&("x-room".to_owned(), "Drill".to_owned())));
            }
        }
    });
    let counters = client.counters();
    assert_eq!((server.connections(), counters.connections_opened), (2, 2));
    assert_eq!((counters.exchanges, counters.reused, counters.handshakes_full), (6, 4, 2));
    assert_eq!((counters.connections_open, counters.connections_peak), (2, 2));
    let head = server.seen.last.lock().unwrap().clone();
    let host = format!("host: {}", server.address);
    let expected = [
        "POST /drill?round=1 HTTP/1.1",
        &host,
        "content-type: application/json",
        "content-length: 14",
    ];
    assert_eq!(head.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn without_keeping_each_exchange_has_a_connection_and_says_goodbye() {
    let (authority, config) = secure();
    let server = LoadServer::start(Some(config), |_, _| Deed::Answer);
    let client = client(Some(&authority), LoadOptions { keep_alive: false, ..options() });
    run(async {
        for lane in [1, 1, 1, 2] {
            assert_eq!(body(ask(&client, lane, &server.url("https")).await), b"hello");
        }
        settle().await;
    });
    let counters = client.counters();
    assert_eq!((server.connections(), counters.connections_opened), (4, 4));
    assert_eq!((counters.connections_open, counters.handshakes_resumed), (0, 0));
    // rustls gives the end of a stream without a goodbye as an error.
    assert_eq!(server.seen.goodbyes.load(Ordering::SeqCst), 4);
}

#[test]
fn a_connection_the_server_ended_is_replaced() {
    let (authority, config) = secure();
    for scheme in ["http", "https"] {
        let tls = (scheme == "https").then(|| Arc::clone(&config));
        let server = LoadServer::start(tls, |connection, request| match (connection, request) {
            // Ended between requests, seen before the next one is sent.
            (0, 0) => Deed::AnswerAndEnd,
            // Ended by the next request, which is then sent again.
            (1, 1) => Deed::End,
            _ => Deed::Answer,
        });
        let client = client(Some(&authority), options());
        run(async {
            for (number, resent) in [false, false, true, false].into_iter().enumerate() {
                let reply = ask(&client, 5, &server.url(scheme)).await;
                assert_eq!(reply.resent, resent, "{scheme} {number}");
                assert_eq!(reply.used == ConnectionUse::Reused, number == 3, "{scheme} {number}");
                assert_eq!(body(reply), b"hello");
                settle().await;
            }
        });
        let counters = client.counters();
        assert_eq!((counters.connections_found_closed, counters.resent), (1, 1), "{scheme}");
        assert_eq!((server.connections(), counters.connections_open), (3, 1), "{scheme}");
    }
}

#[test]
fn a_new_connection_that_dies_is_not_replaced() {
    let server = LoadServer::start(None, |_, _| Deed::End);
    let client = client(None, options());
    let reply = run(ask(&client, 1, &server.url("http")));
    assert_eq!((cause(&reply), reply.resent), (FailureCause::Closed, false));
    assert_eq!((server.connections(), client.counters().connections_open), (1, 0));
}

#[test]
fn bytes_that_nobody_asked_for_end_a_kept_connection() {
    let with_rest = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi!";
    let (authority, config) = secure();
    for scheme in ["http", "https"] {
        let tls = (scheme == "https").then(|| Arc::clone(&config));
        let server = LoadServer::start(tls, |_, _| Deed::Say(with_rest));
        let client = client(Some(&authority), options());
        run(async {
            for _ in 0..3 {
                let reply = ask(&client, 5, &server.url(scheme)).await;
                assert_ne!(reply.used, ConnectionUse::Reused);
                assert_eq!(body(reply), b"hi");
            }
        });
        assert_eq!(server.connections(), 3);
    }
}

#[test]
fn what_either_side_asks_to_close_is_closed() {
    let close = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";
    let server = LoadServer::start(None, |_, _| Deed::Say(close));
    let one = client(None, options());
    run(async {
        for _ in 0..2 {
            assert_eq!(ask(&one, 5, &server.url("http")).await.used, ConnectionUse::Plain);
        }
    });
    let server = LoadServer::start(None, |_, _| Deed::Answer);
    let url = EndpointUrl::parse(&server.url("http")).unwrap();
    let headers = [("connection".to_owned(), "close".to_owned())];
    let request = LoadRequest {
        url: &url,
        method: "GET",
        headers: &headers,
        body: b"",
        headers_wanted: false,
    };
    run(async {
        for _ in 0..2 {
            let reply = one.exchange(5, &request).await;
            assert_eq!(reply.used, ConnectionUse::Plain);
            assert!(reply.result.unwrap().headers.is_empty());
        }
    });
}

#[test]
fn a_large_body_goes_both_ways() {
    let (authority, config) = secure();
    let server = LoadServer::start(Some(config), |_, _| Deed::Answer);
    let client = client(Some(&authority), options());
    let url = EndpointUrl::parse(&server.url("https")).unwrap();
    let body = vec![b'x'; 300_000];
    let request =
        LoadRequest { url: &url, method: "POST", headers: &[], body: &body, headers_wanted: false };
    let reply = run(client.exchange(1, &request));
    assert!(reply.bytes_sent > 300_000);
    assert_eq!(reply.result.unwrap().body, b"hello");
    assert!(server.seen.last.lock().unwrap().contains("content-length: 300000"));
}
