//! The load client: TLS sessions, chains, versions, and records in any pieces.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use muster_fleet::transport::{ConnectionUse, LoadOptions};
use muster_journal::FailureCause;
use rustls::ServerConfig;

use crate::load_client::{ask, body, cause, client, hasty, options, run, secure, settle};
use crate::load_client_server::{Deed, LoadServer};
use crate::socket_server::authority;

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
fn a_chain_that_verified_is_remembered_for_its_name_only() {
    let (ours, config) = secure();
    let server = LoadServer::start(Some(config), |_, _| Deed::Answer);
    let wishes = LoadOptions { keep_alive: false, ..options() };
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

#[test]
fn tls_1_2_is_spoken_with_a_server_that_knows_nothing_newer() {
    let authority = authority(1);
    let identity = authority.server_identity(&["127.0.0.1".to_owned()]).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)
        .unwrap();
    let server = LoadServer::start(Some(Arc::new(config)), |_, request| match request {
        0 | 1 => Deed::Answer,
        _ => Deed::AnswerAndEnd,
    });
    let client = client(Some(&authority), LoadOptions { resumption: true, ..options() });
    run(async {
        use ConnectionUse::{FullHandshake, ResumedHandshake, Reused};
        for expected in [FullHandshake, Reused, Reused, ResumedHandshake, Reused] {
            let reply = ask(&client, 1, &server.url("https")).await;
            assert_eq!(reply.used, expected);
            assert_eq!(reply.tls.clone().unwrap().version, "TLSv1.2");
            assert_eq!(body(reply), b"hello");
            settle().await;
        }
    });
    assert_eq!(server.seen.requests.load(Ordering::SeqCst), 5);
}
