//! What a whole fleet needs of the sockets: resumption, several threads, a quick end, and going on
//! after a shortage of descriptors.

use std::fs::File;
use std::process::Command;
use std::time::Instant;

use rustls::{CipherSuite, HandshakeKind};

use super::*;

/// More sessions than a small cache would remember.
const SESSIONS: usize = 300;

/// One request on a connection of its own: how the handshake went, and with which suite.
async fn handshake(
    config: &Arc<ClientConfig>,
    address: SocketAddr,
) -> (HandshakeKind, CipherSuite) {
    let stream = tls_stream(config, address).await;
    let connection = stream.get_ref().1;
    let kind = connection.handshake_kind().unwrap();
    let suite = connection.negotiated_cipher_suite().unwrap().suite();
    // The ticket comes after the handshake, with the answer.
    let answer = converse(stream, &request("GET", RECEIVER, "")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    (kind, suite)
}

async fn tls_stream(
    config: &Arc<ClientConfig>,
    address: SocketAddr,
) -> tokio_rustls::client::TlsStream<TcpStream> {
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::clone(config)).connect(name, stream).await.unwrap()
}

#[tokio::test]
async fn a_session_is_resumed_after_those_of_a_fleet() {
    let server = server();
    let running = running(&server).await;
    for (version, expected) in [
        (&rustls::version::TLS13, CipherSuite::TLS13_AES_128_GCM_SHA256),
        (&rustls::version::TLS12, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
    ] {
        let config = || Arc::new(client_config(&server, &[version]));
        let first = config();
        let address = running.product_https;
        assert_eq!(handshake(&first, address).await, (HandshakeKind::Full, expected));
        for _ in 0..SESSIONS {
            assert_eq!(handshake(&config(), address).await.0, HandshakeKind::Full);
        }
        for _ in 0..3 {
            assert_eq!(handshake(&first, address).await, (HandshakeKind::Resumed, expected));
        }
    }
    running.shutdown().await;
}

#[tokio::test]
async fn a_server_without_resumption_resumes_nothing() {
    let options = ServerOptions { resumption: false, ..ServerOptions::default() };
    let server = Server::new(options, ClockSource::Wall).unwrap();
    let running = running(&server).await;
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let config = Arc::new(client_config(&server, &[version]));
        for _ in 0..3 {
            let (kind, _) = handshake(&config, running.product_https).await;
            assert_eq!(kind, HandshakeKind::Full);
        }
    }
    running.shutdown().await;
}

#[tokio::test]
async fn several_threads_are_one_server_and_end_together() {
    let server = server();
    let listen = Listen { threads: 3, ..Listen::default() };
    let running = serve(server.clone(), listen).await.unwrap();
    let config = Arc::new(client_config(&server, rustls::ALL_VERSIONS));
    assert_eq!(handshake(&config, running.product_https).await.0, HandshakeKind::Full);
    // The kernel chooses the thread; thirty connections all on one is next to impossible.
    for _ in 0..30 {
        let (kind, _) = handshake(&config, running.product_https).await;
        assert_eq!(kind, HandshakeKind::Resumed, "a ticket of one thread serves on all");
    }
    let post = request("POST", "/SmartTransport", "{}");
    assert!(over_http(&running, &post).await.starts_with("HTTP/1.1 200"));
    let addresses = [running.product_https, running.product_http.unwrap(), running.admin.unwrap()];
    timeout(PATIENCE, running.shutdown()).await.expect("the server ends in time");
    for address in addresses {
        assert!(TcpStream::connect(address).await.is_err(), "{address}");
    }
}

#[tokio::test]
async fn open_connections_do_not_hold_up_the_end() {
    let server = server();
    let running = running(&server).await;
    let config = Arc::new(client_config(&server, rustls::ALL_VERSIONS));
    let mut idle = Vec::new();
    let mut silent = Vec::new();
    for at in 0..300 {
        let mut stream = tls_stream(&config, running.product_https).await;
        // Every second one has asked something and waits with its connection open.
        if at % 2 == 0 {
            let get = format!("GET {RECEIVER} HTTP/1.1\r\nhost: localhost\r\n\r\n");
            stream.write_all(get.as_bytes()).await.unwrap();
            assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
        }
        idle.push(stream);
        // Neither a handshake nor a request ever comes on these.
        silent.push(TcpStream::connect(running.product_https).await.unwrap());
        silent.push(TcpStream::connect(running.product_http.unwrap()).await.unwrap());
    }
    let start = Instant::now();
    running.shutdown().await;
    // Under the time that requests under way would have had.
    assert!(start.elapsed() < Duration::from_millis(1_900), "{:?}", start.elapsed());
    drop((idle, silent));
}

/// Plays a test in a process of its own, because a limit of descriptors holds for a whole process.
#[cfg(unix)]
fn passes_alone(test: &str) {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args(["--ignored", "--exact", test]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn a_shortage_of_descriptors_passes() {
    passes_alone("scale::under_a_shortage_of_descriptors");
}

#[cfg(unix)]
#[test]
fn a_full_house_lets_the_harness_in_and_the_others_wait() {
    passes_alone("scale::in_a_full_house");
}

#[cfg(unix)]
#[tokio::test]
#[ignore = "lowers the limit of its process; the test above runs it in one of its own"]
async fn in_a_full_house() {
    rlimit::setrlimit(rlimit::Resource::NOFILE, 400, 400).unwrap();
    let server = server();
    let running = running(&server).await;
    let get = b"GET /SmartTransport HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let early = Duration::from_millis(500);
    let mut inside = Vec::new();
    let mut waiting = loop {
        assert!(inside.len() < 200, "both ends of every connection fit into the limit");
        let mut stream = TcpStream::connect(running.product_http.unwrap()).await.unwrap();
        stream.write_all(get).await.unwrap();
        match timeout(early, stream.read(&mut [0; 1024])).await {
            Ok(read) => assert!(read.unwrap() > 0),
            Err(_) => break stream,
        }
        inside.push(stream);
    };
    let clock = request("GET", "/muster/control/clock", "");
    let answer = over_tls(&server, running.admin.unwrap(), "localhost", &clock).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(inside.pop());
    let read = timeout(PATIENCE, waiting.read(&mut [0; 1024])).await.expect("let in");
    assert!(read.unwrap() > 0);
    running.shutdown().await;
}

#[cfg(unix)]
#[tokio::test]
#[ignore = "lowers the limit of its process; the test above runs it in one of its own"]
async fn under_a_shortage_of_descriptors() {
    rlimit::setrlimit(rlimit::Resource::NOFILE, 400, 400).unwrap();
    let server = server();
    let running = running(&server).await;
    let mut taken = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    // One is left, and the client's end of the connection takes it.
    drop(taken.pop());
    let stream = TcpStream::connect(running.product_http.unwrap()).await.unwrap();
    let get = request("GET", "/SmartTransport", "");
    let mut answer = Box::pin(converse(stream, &get));
    let early = timeout(Duration::from_millis(300), &mut answer).await;
    assert!(early.is_err(), "accepted without a descriptor: {early:?}");
    drop(taken);
    let answer = timeout(PATIENCE, answer).await.expect("accepted once there are descriptors");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.shutdown().await;
}
