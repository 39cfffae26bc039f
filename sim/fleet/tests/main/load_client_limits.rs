//! The load client: how many sockets, from where, for how long, and how they are given up.

use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use muster_fleet::EndpointUrl;
use muster_fleet::transport::{Call, Client, ClientOptions, ConnectionUse, LoadOptions};
use muster_journal::FailureCause;

use crate::load_client::{ask, body, cause, client, hasty, options, run, secure, settle};
use crate::load_client_server::{Deed, LoadServer};

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
fn two_exchanges_of_one_lane_have_a_connection_each_and_one_is_kept() {
    let server = LoadServer::start(None, |_, request| match request {
        0 => Deed::Late(Duration::from_millis(50)),
        _ => Deed::Freeze,
    });
    let (client, url) = (client(None, options()), server.url("http"));
    run(async {
        let (one, other) = tokio::join!(ask(&client, 1, &url), ask(&client, 1, &url));
        assert_eq!((body(one), body(other)), (b"hello".to_vec(), b"hello".to_vec()));
        assert_eq!((server.connections(), client.counters().connections_open), (2, 1));
        let closing = async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            client.close_lane(1);
        };
        let (one, other, ()) = tokio::join!(ask(&client, 1, &url), ask(&client, 1, &url), closing);
        assert_eq!((cause(&one), cause(&other)), (FailureCause::Closed, FailureCause::Closed));
        assert_eq!(client.counters().connections_open, 0);
    });
}

#[test]
fn where_no_connection_comes_about_both_clients_name_the_same_cause() {
    let (_, config) = secure();
    let tls = LoadServer::start(Some(config), |_, _| Deed::Answer);
    let plain = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let no_tls = format!("https://{}/", plain.local_addr().unwrap());
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = plain.accept() {
            let _ = std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let hyper = ClientOptions { connect_ms_max: 2_000, answer_ms_max: 500, answer_bytes_max: 100 };
    let hyper = Client::new(&[], hyper).unwrap();
    let ours = client(None, LoadOptions { answer_ms_max: 500, ..options() });
    for (url, expected) in [
        (format!("http://{closed}/"), FailureCause::Connect),
        (format!("http://{}.invalid/", "x".repeat(64)), FailureCause::Dns),
        (format!("http://{}.invalid/", "x".repeat(64)), FailureCause::Dns),
        (tls.url("https"), FailureCause::Tls),
        (no_tls, FailureCause::Tls),
    ] {
        let call = Call {
            endpoint: "cslu".into(),
            url: EndpointUrl::parse(&url).unwrap().into(),
            method: "POST".into(),
            headers: Default::default(),
            body: Vec::new(),
        };
        let theirs = run(hyper.exchange(&call)).result.unwrap_err().cause;
        assert_eq!((cause(&run(ask(&ours, 1, &url))), theirs), (expected, expected), "{url}");
    }
}
