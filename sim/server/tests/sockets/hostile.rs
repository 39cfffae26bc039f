//! Whatever comes over a socket: garbage, halves, floods and dawdling. Each is refused or ended in
//! time, and the next client is served.

use std::time::Instant;

use muster_server::Limits;

use super::*;

/// Longer than a dawdling client is waited for here.
const SHORT: Duration = Duration::from_millis(120);

async fn impatient() -> (Server, Running) {
    let limits = Limits {
        handshake_time_max: SHORT,
        head_time_max: SHORT,
        body_time_max: SHORT,
        write_time_max: SHORT,
        ..Limits::default()
    };
    let options = ServerOptions { limits, ..ServerOptions::default() };
    let server = Server::new(options, ClockSource::Wall).unwrap();
    let running = running(&server).await;
    (server, running)
}

async fn is_served(running: &Running) {
    let answer = over_http(running, &request("GET", "/SmartTransport", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// What is left to say to bytes over plain HTTP, once nothing more is sent.
async fn answer_to(running: &Running, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(running.product_http.unwrap()).await.unwrap();
    // The server may refuse and close before it has read all.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an end in time");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn bytes_that_are_no_request_are_refused() {
    let server = server();
    let running = running(&server).await;
    let head = "POST /SmartTransport HTTP/1.1\r\nhost: x\r\n";
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("zeros", vec![0; 5_000]),
        ("high bytes", vec![0xff; 5_000]),
        ("line ends", b"\r\n".repeat(3_000)),
        ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(40)),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("another version", b"GET / HTTP/7.3\r\n\r\n".to_vec()),
        ("no target", b"GET\r\n\r\n".to_vec()),
        ("a long target", format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(70_000)).into()),
        ("a long header", format!("{head}x: {}\r\n\r\n", "a".repeat(70_000)).into()),
        ("a header without end", format!("{head}x: {}", "a".repeat(70_000)).into()),
        ("half a head", head.as_bytes().to_vec()),
        ("two lengths", format!("{head}content-length: 1\r\ncontent-length: 2\r\n\r\n{{}}").into()),
        ("a length that is none", format!("{head}content-length: -1\r\n\r\n").into()),
        ("a huge length", format!("{head}content-length: {}\r\n\r\n", u64::MAX).into()),
        ("a chunk that is none", format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n").into()),
        ("half a body", format!("{head}content-length: 10\r\n\r\n{{").into()),
        ("a name with a space", format!("{head}x y: 1\r\n\r\n").into()),
    ];
    for (name, bytes) in cases {
        let answer = answer_to(&running, &bytes).await;
        let code = answer.split(' ').nth(1).unwrap_or_default();
        assert!(answer.is_empty() || code.starts_with('4'), "{name}: {answer}");
        is_served(&running).await;
    }
    running.shutdown().await;
}

#[tokio::test]
async fn bodies_of_any_bytes_get_an_answer_of_the_endpoint() {
    let server = server();
    let running = running(&server).await;
    let deep = "[".repeat(100_000);
    let wide = format!("{{\"sender_info\":{{{}}}}}", "\"a\":1,".repeat(50_000));
    let classic = format!("{{\"request\":\"{}\"}}", "\\\"".repeat(60_000));
    for path in [
        "/SmartTransport",
        "/cslu/v1/pi/Default-1",
        "/Transportgateway/services/DeviceRequestHandler",
    ] {
        for body in ["", "{", "null", "\u{0}", "<a", &deep, &wide, &classic] {
            let answer = over_http(&running, &request("POST", path, body)).await;
            let code: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
            assert!([200, 400, 500].contains(&code), "{path}: {answer}");
            let said = answer.contains("FAILED") || answer.contains("Fault");
            assert!(said, "{path} {}: {answer}", &body[..body.len().min(9)]);
        }
    }
    is_served(&running).await;
    running.shutdown().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_announced_or_not() {
    let server = server();
    let running = running(&server).await;
    let head = "POST /SmartTransport HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
    let announced = format!("{head}content-length: 1048577\r\n\r\n");
    let answer = over_http(&running, announced.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("1048576 bytes"), "{answer}");
    let chunk = format!("10000\r\n{}\r\n", "a".repeat(0x10000));
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n{}", chunk.repeat(17));
    let answer = answer_to(&running, chunked.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    running.shutdown().await;
}

#[tokio::test]
async fn who_dawdles_is_not_waited_for() {
    let (server, running) = impatient().await;
    let http = running.product_http.unwrap();
    let body = b"POST /SmartTransport HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{".as_slice();
    for (name, address, bytes, said) in [
        ("no handshake", running.product_https, b"".as_slice(), ""),
        ("half a handshake", running.product_https, b"\x16\x03\x01\x02\x00", ""),
        ("no head", http, b"", ""),
        ("half a head", http, b"GET /SmartTra", "HTTP/1.1 408"),
        ("a head that does not end", http, b"GET / HTTP/1.1\r\nhost: x\r\n", "HTTP/1.1 408"),
        ("a second one", http, b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET", "HTTP/1.1 404"),
        ("half a body", http, body, "HTTP/1.1 408"),
    ] {
        let began = Instant::now();
        let answer = converse(TcpStream::connect(address).await.unwrap(), bytes).await;
        assert!(
            answer.starts_with(said) && answer.is_empty() == said.is_empty(),
            "{name}: {answer}"
        );
        assert!(began.elapsed() < 20 * SHORT, "{name} took {:?}", began.elapsed());
    }
    let page = request("GET", "/metrics", "");
    // The impatient server takes a good client's handshake as any other does.
    let page = over_tls(&server, running.admin.unwrap(), "localhost", &page).await;
    assert!(page.contains("tls_handshakes_total{outcome=\"too_slow\"} 2"), "{page}");
    running.shutdown().await;
}

#[tokio::test]
async fn who_takes_no_answers_is_let_go() {
    let (_server, running) = impatient().await;
    let stream = TcpStream::connect(running.product_http.unwrap()).await.unwrap();
    socket2::SockRef::from(&stream).set_recv_buffer_size(4_096).unwrap();
    let (mut read, mut write) = stream.into_split();
    let one = "GET /SmartTransport HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1_000);
    let began = Instant::now();
    // Until the server neither reads any more nor keeps the connection.
    let sent = timeout(PATIENCE, async { while write.write_all(one.as_bytes()).await.is_ok() {} });
    sent.await.expect("the server lets go");
    assert!(began.elapsed() < Duration::from_secs(15), "took {:?}", began.elapsed());
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, read.read_to_end(&mut rest)).await.expect("an end");
    is_served(&running).await;
    running.shutdown().await;
}

#[tokio::test]
async fn more_connections_than_places_wait_and_the_operator_gets_in() {
    let limits = Limits { connections_max: 2, ..Limits::default() };
    let options = ServerOptions { limits, ..ServerOptions::default() };
    let server = Server::new(options, ClockSource::Wall).unwrap();
    let running = running(&server).await;
    let http = running.product_http.unwrap();
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(http).await.unwrap();
        stream.write_all(b"GET /SmartTransport HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        held.push(stream);
    }
    let waiting = request("GET", "/SmartTransport", "");
    let waiting = converse(TcpStream::connect(http).await.unwrap(), &waiting);
    let mut waiting = Box::pin(waiting);
    let health = request("GET", "/healthz", "");
    let health = over_tls(&server, running.admin.unwrap(), "localhost", &health).await;
    assert!(health.ends_with("ok\n"), "{health}");
    assert!(timeout(Duration::from_millis(50), &mut waiting).await.is_err());
    held.pop();
    let answer = timeout(PATIENCE, waiting).await.expect("a place is free");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.shutdown().await;
}
