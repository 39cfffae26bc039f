//! The load client: what connections it keeps, replaces, resumes, limits and gives up.

use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use muster_certs::{Authority, trust_roots_from_pem};
use muster_fleet::EndpointUrl;
use muster_fleet::transport::{ConnectionUse, LoadClient, LoadOptions, LoadReply, LoadRequest};
use muster_journal::FailureCause;
use rustls::ServerConfig;
use tokio::task::LocalSet;

use crate::load_client_server::{Deed, LoadServer};
use crate::socket_server::{authority, tls};

fn options() -> LoadOptions {
    LoadOptions {
        keep_alive: true,
        connect_ms_max: 2_000,
        answer_ms_max: 2_000,
        answer_bytes_max: 1_000,
        ..LoadOptions::default()
    }
}

fn hasty() -> LoadOptions {
    LoadOptions { connect_ms_max: 200, answer_ms_max: 150, ..options() }
}

fn client(authority: Option<&Authority>, options: LoadOptions) -> LoadClient {
    let roots = authority.map(|one| trust_roots_from_pem(&one.root_pem()).unwrap());
    LoadClient::new(&roots.unwrap_or_default(), options).unwrap()
}

async fn ask(client: &LoadClient, lane: u32, url: &str) -> LoadReply {
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

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, work)
}

fn secure() -> (Authority, Arc<ServerConfig>) {
    let authority = authority(1);
    let config = tls(&authority, &["127.0.0.1"]);
    (authority, config)
}

fn cause(reply: &LoadReply) -> FailureCause {
    match &reply.result {
        Ok(received) => panic!("answered: {received:?}"),
        Err(lost) => {
            assert!(!lost.detail.is_empty());
            lost.cause
        }
    }
}

fn body(reply: LoadReply) -> Vec<u8> {
    reply.result.unwrap().body
}

/// Time for what a server sends or ends to arrive.
async fn settle() {
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
fn sessions_are_resumed_by_any_lane_when_asked_for() {
    let (authority, config) = secure();
    let server = LoadServer::start(Some(config), |_, _| Deed::Answer);
    let wishes = LoadOptions { keep_alive: false, resumption: true, ..options() };
    let client = client(Some(&authority), wishes);
    run(async {
        let first = ask(&client, 0, &server.url("https")).await;
        assert_eq!(first.used, ConnectionUse::FullHandshake);
        for lane in 1..10 {
            let reply = ask(&client, lane, &server.url("https")).await;
            assert_eq!(
                (reply.used, reply.tls),
                (ConnectionUse::ResumedHandshake, first.tls.clone())
            );
        }
    });
    let counters = client.counters();
    assert_eq!((counters.handshakes_full, counters.handshakes_resumed), (1, 9));
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
fn the_budget_holds_and_those_over_it_wait_their_turn() {
    let (authority, config) = secure();
    let server = LoadServer::start(Some(config), |_, _| Deed::Late(Duration::from_millis(20)));
    let client = client(Some(&authority), LoadOptions { connections_max: 3, ..options() });
    let url = server.url("https");
    let waited = run(async {
        let tasks: Vec<_> = (0..20)
            .map(|lane| {
                let (client, url) = (client.clone(), url.clone());
                tokio::task::spawn_local(async move { ask(&client, lane, &url).await })
            })
            .collect();
        let mut waited = Vec::new();
        for task in tasks {
            let reply = task.await.unwrap();
            waited.push(reply.waited);
            assert_eq!(body(reply), b"hello");
        }
        waited
    });
    let counters = client.counters();
    assert_eq!((counters.connections_peak, counters.connections_opened), (3, 20));
    assert!(server.seen.answering_peak.load(Ordering::SeqCst) <= 3);
    assert!(counters.waited >= 17 && waited[0] == Duration::ZERO);
    assert!(
        waited.windows(2).all(|pair| pair[0] <= pair[1] + Duration::from_millis(5)),
        "{waited:?}"
    );
}

#[test]
fn kept_connections_make_room_for_other_lanes_the_longest_idle_first() {
    let server = LoadServer::start(None, |_, _| Deed::Answer);
    let client = client(None, LoadOptions { connections_max: 2, ..options() });
    run(async {
        for (lane, reused) in [(1, false), (2, false), (1, true), (3, false), (1, true), (2, false)]
        {
            let reply = ask(&client, lane, &server.url("http")).await;
            assert_eq!(reply.used == ConnectionUse::Reused, reused, "lane {lane}");
        }
    });
    let counters = client.counters();
    assert_eq!((counters.connections_evicted, counters.connections_peak), (2, 2));
}

#[test]
fn source_addresses_are_used_in_turn() {
    let server = LoadServer::start(None, |_, _| Deed::Answer);
    let sources: Vec<IpAddr> =
        ["127.0.1.1", "::1", "127.0.2.1"].map(|one| one.parse().unwrap()).into();
    let client = client(None, LoadOptions { sources: sources.clone(), ..options() });
    run(async {
        for lane in 0..10 {
            assert_eq!(body(ask(&client, lane, &server.url("http")).await), b"hello");
        }
    });
    let seen = server.seen.sources.lock().unwrap().clone();
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(sources[0], 5), (sources[2], 5)]);
}

#[test]
fn a_source_this_machine_does_not_have_is_a_connect_failure() {
    let server = LoadServer::start(None, |_, _| Deed::Answer);
    // Set aside for documentation, so no machine has it.
    let sources = vec!["192.0.2.1".parse().unwrap()];
    let client = client(None, LoadOptions { sources, ..options() });
    assert_eq!(cause(&run(ask(&client, 1, &server.url("http")))), FailureCause::Connect);
}

#[test]
fn a_listener_that_accepts_no_more_runs_into_the_deadline() {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    let any: std::net::SocketAddr = "127.0.0.1:0".parse().unwrap();
    socket.bind(&any.into()).unwrap();
    socket.listen(0).unwrap();
    let listener = TcpListener::from(socket);
    let address = listener.local_addr().unwrap();
    let mut fillers = Vec::new();
    while let Ok(one) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        fillers.push(one);
    }
    let client = client(None, hasty());
    let started = Instant::now();
    let reply = run(ask(&client, 1, &format!("http://{address}/")));
    assert_eq!(cause(&reply), FailureCause::Timeout);
    assert!(reply.sent_at.is_none() && reply.used == ConnectionUse::None);
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(client.counters().connections_open, 0);
}

#[test]
fn a_frozen_server_runs_into_the_deadline_at_every_stage() {
    let (authority, config) = secure();
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    for (scheme, deed) in
        [("http", Deed::Freeze), ("https", Deed::Freeze), ("https", Deed::Say(half))]
    {
        let tls = (scheme == "https").then(|| Arc::clone(&config));
        let server = LoadServer::start(tls, move |_, request| match request {
            0 => Deed::Answer,
            _ => deed,
        });
        let client = client(Some(&authority), hasty());
        run(async {
            assert_eq!(body(ask(&client, 1, &server.url(scheme)).await), b"hello");
            let reply = ask(&client, 1, &server.url(scheme)).await;
            assert_eq!((cause(&reply), reply.used), (FailureCause::Timeout, ConnectionUse::Reused));
            assert!(reply.sent_at.is_some() && !reply.resent);
        });
        assert_eq!(client.counters().connections_open, 0);
    }
    // A listener that never speaks keeps the TLS handshake waiting.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let reply = run(ask(&client(None, hasty()), 1, &url));
    assert_eq!((cause(&reply), reply.sent_at), (FailureCause::Timeout, None));
}

#[test]
fn a_closed_lane_ends_its_exchanges_and_only_those() {
    let (authority, config) = secure();
    let server =
        LoadServer::start(Some(config), |connection, request| match (connection, request) {
            (_, 0) => Deed::Answer,
            (0, _) => Deed::Freeze,
            _ => Deed::Late(Duration::from_millis(100)),
        });
    let client = client(Some(&authority), options());
    run(async {
        for lane in [1, 2, 3] {
            assert_eq!(body(ask(&client, lane, &server.url("https")).await), b"hello");
        }
        assert_eq!(client.counters().connections_open, 3);
        let asking = |lane| {
            let (client, url) = (client.clone(), server.url("https"));
            tokio::task::spawn_local(async move { ask(&client, lane, &url).await })
        };
        let (frozen, other) = (asking(1), asking(2));
        tokio::time::sleep(Duration::from_millis(30)).await;
        let closed_at = Instant::now();
        client.close_lane(1);
        client.close_lane(3);
        client.close_lane(99);
        let reply = frozen.await.unwrap();
        assert_eq!(cause(&reply), FailureCause::Closed);
        assert!(closed_at.elapsed() < Duration::from_millis(50));
        assert_eq!(body(other.await.unwrap()), b"hello");
        assert_eq!(client.counters().connections_open, 1);
        settle().await;
        // Power does not say goodbye.
        assert_eq!(server.seen.goodbyes.load(Ordering::SeqCst), 0);
        assert_eq!(body(ask(&client, 1, &server.url("https")).await), b"hello");
    });
}

#[test]
fn a_dropped_exchange_leaves_nothing_behind() {
    let server = LoadServer::start(None, |connection, _| match connection {
        0 => Deed::Freeze,
        _ => Deed::Answer,
    });
    let client = client(None, LoadOptions { connections_max: 1, ..options() });
    let url = server.url("http");
    run(async {
        let short = Duration::from_millis(50);
        let (a, b) = tokio::join!(
            tokio::time::timeout(short, ask(&client, 1, &url)),
            // This one waits for a slot when it is given up.
            tokio::time::timeout(short / 2, ask(&client, 2, &url)),
        );
        assert!(a.is_err() && b.is_err());
        assert_eq!(client.counters().connections_open, 0);
        assert_eq!(body(ask(&client, 1, &url).await), b"hello");
    });
}

#[test]
fn a_chain_that_was_believed_is_believed_for_its_name_only() {
    let (ours, config) = secure();
    let server = LoadServer::start(Some(config), |_, _| Deed::Answer);
    let wishes = LoadOptions { keep_alive: false, trust_cached_chains: true, ..options() };
    let foreign = client(Some(&authority(2)), wishes.clone());
    let client = client(Some(&ours), wishes);
    run(async {
        for _ in 0..3 {
            let reply = ask(&client, 1, &server.url("https")).await;
            assert_eq!(reply.used, ConnectionUse::FullHandshake);
            assert_eq!(body(reply), b"hello");
            let elsewhere = server.url("https").replace("127.0.0.1", "localhost");
            assert_eq!(cause(&ask(&client, 1, &elsewhere).await), FailureCause::Tls);
            assert_eq!(cause(&ask(&foreign, 1, &server.url("https")).await), FailureCause::Tls);
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

#[test]
fn tls_in_small_records_and_small_pieces_is_understood() {
    let (authority, config) = secure();
    let mut config = Arc::unwrap_or_clone(config);
    // Tickets and certificates then span many records.
    config.max_fragment_size = Some(64);
    let config = Arc::new(config);
    for (bytes, keep_alive) in [(1, false), (7, true), (50, false), (90, true), (1_000, false)] {
        let server =
            LoadServer::start_in_pieces(bytes, Some(Arc::clone(&config)), |_, _| Deed::Answer);
        let client = client(Some(&authority), LoadOptions { keep_alive, ..options() });
        run(async {
            for _ in 0..4 {
                assert_eq!(body(ask(&client, 1, &server.url("https")).await), b"hello");
            }
        });
        let connections = if keep_alive { 1 } else { 4 };
        assert_eq!(client.counters().connections_opened, connections, "{bytes}");
    }
}

#[test]
fn a_connection_cut_anywhere_is_a_failure_and_not_more() {
    let (authority, config) = secure();
    let mut config = Arc::unwrap_or_clone(config);
    config.max_fragment_size = Some(64);
    let config = Arc::new(config);
    let server = LoadServer::start(Some(config), |_, _| Deed::Answer);
    for cut in (0..6_000).step_by(37) {
        let url = format!("https://127.0.0.1:{}/", cut_after(cut, server.address));
        let client = client(Some(&authority), LoadOptions { keep_alive: cut % 2 == 0, ..hasty() });
        let reply = run(ask(&client, 1, &url));
        match &reply.result {
            Ok(received) => assert_eq!(received.body, b"hello"),
            Err(lost) => {
                let expected =
                    if reply.sent_at.is_some() { FailureCause::Closed } else { FailureCause::Tls };
                assert_eq!(lost.cause, expected, "{cut}: {}", lost.detail);
            }
        }
    }
}

/// A port that leads to `server` for one connection, of which so many bytes come back.
fn cut_after(bytes: u64, server: std::net::SocketAddr) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut here, _) = listener.accept().unwrap();
        let mut there = std::net::TcpStream::connect(server).unwrap();
        let (mut from, mut to) = (here.try_clone().unwrap(), there.try_clone().unwrap());
        let up = std::thread::spawn(move || std::io::copy(&mut from, &mut to));
        let _ = std::io::copy(&mut std::io::Read::take(&mut there, bytes), &mut here);
        let _ = here.shutdown(std::net::Shutdown::Both);
        let _ = there.shutdown(std::net::Shutdown::Both);
        let _ = up.join().unwrap();
    });
    port
}
