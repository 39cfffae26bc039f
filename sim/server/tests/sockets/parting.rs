//! Mishaps as they look on the wire: late, empty, cut, reset, slow to close.

use std::io::ErrorKind;
use std::time::Instant;

use super::*;

const HELLO: &str = r#"{"sender_info":{"connect_info":{"name":"C_agent","version":"5"},
    "timestamp":1,"nonce":"42","sudi":{"udi_pid":"C8000V","udi_serial_number":"MST00000007"},
    "software_tag_identifier":"regid.x"},
    "license_data":[{"request_type":"HELLO","request_line_id":1}]}"#;

/// Has the next licensing request meet a mishap.
async fn plan(server: &Server, running: &Running, kind: &str) {
    let change = format!(r#"{{"delay_ms":80,"faults":{{"{kind}":{{"next":1}}}}}}"#);
    let change = request("PUT", "/muster/control/faults", &change);
    let answer = over_tls(server, running.admin.unwrap(), "localhost", &change).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

async fn hello(running: &Running) -> String {
    over_http(running, &request("POST", "/SmartTransport", HELLO)).await
}

#[tokio::test]
async fn each_mishap_looks_on_the_wire_as_it_is_called() {
    let server = server();
    let running = running(&server).await;
    let good = hello(&running).await;
    let body = good.split("\r\n\r\n").nth(1).unwrap().len();
    for (kind, start) in [
        ("too_many_requests", "HTTP/1.1 429"),
        ("bad_gateway", "HTTP/1.1 502"),
        ("unavailable", "HTTP/1.1 503"),
    ] {
        plan(&server, &running, kind).await;
        let answer = hello(&running).await;
        assert!(answer.starts_with(start), "{kind}: {answer}");
        assert_eq!(answer.contains("retry-after: 5"), kind != "bad_gateway", "{answer}");
    }
    for kind in ["delay", "slow_close"] {
        plan(&server, &running, kind).await;
        let began = Instant::now();
        let answer = hello(&running).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"42\""), "{answer}");
        assert!(began.elapsed() >= Duration::from_millis(80), "{kind}: {:?}", began.elapsed());
    }
    plan(&server, &running, "empty_body").await;
    assert!(hello(&running).await.ends_with("\r\n\r\n"));
    plan(&server, &running, "truncated_body").await;
    let answer = hello(&running).await;
    let (head, cut) = answer.split_once("\r\n\r\n").unwrap();
    let announced: usize =
        head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    assert!(announced.abs_diff(body) < 16 && cut.len() == announced / 2, "{answer}");
    running.shutdown().await;
}

#[tokio::test]
async fn a_reset_is_one_also_under_tls() {
    let server = server();
    let running = running(&server).await;
    let post = request("POST", "/SmartTransport", HELLO);
    plan(&server, &running, "reset").await;
    let mut stream = TcpStream::connect(running.product_http.unwrap()).await.unwrap();
    stream.write_all(&post).await.unwrap();
    let mut answer = Vec::new();
    let end = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an end in time");
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    plan(&server, &running, "reset").await;
    let config = client_config(&server, rustls::ALL_VERSIONS);
    let stream = TcpStream::connect(running.product_https).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    stream.write_all(&post).await.unwrap();
    let end = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an end in time");
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    running.shutdown().await;
}

#[tokio::test]
async fn a_defect_of_the_certificate_reaches_the_handshake() {
    let defects = vec![muster_server::Defect::CERTIFICATE_FOR_ANOTHER_HOST];
    let options = ServerOptions { defects, ..ServerOptions::default() };
    let server = Server::new(options, ClockSource::Wall).unwrap();
    let running = running(&server).await;
    let config = Arc::new(client_config(&server, rustls::ALL_VERSIONS));
    let stream = TcpStream::connect(running.product_https).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let error = TlsConnector::from(config).connect(name, stream).await.unwrap_err();
    assert!(error.to_string().contains("not valid for name"), "{error}");
    running.shutdown().await;
}
