//! Syslog lines that leave the server.

use std::net::UdpSocket;
use std::time::Duration;

use muster_server::{ClockSource, Listen, Listener, Server, ServerOptions, ServerRequest, serve};

fn control(server: &Server, method: &str, resource: &str, body: &str) -> u16 {
    let path_and_query = &format!("/muster/control/{resource}");
    let body = body.as_bytes();
    server
        .answer(Listener::Admin, ServerRequest { method, path_and_query, headers: &[], body })
        .status
}

#[tokio::test]
async fn lines_go_to_the_syslog_server_that_is_set() {
    let server = Server::new(ServerOptions::default(), ClockSource::Wall).unwrap();
    let listen = Listen { product_https: "127.0.0.1:0".parse().unwrap(), ..Listen::default() };
    let running = serve(server.clone(), listen).await.unwrap();
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    receiver.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let set = format!(r#"{{"address":"{}"}}"#, receiver.local_addr().unwrap());
    assert_eq!(control(&server, "PUT", "syslog", r#"{"address":"192.0.2.1:514"}"#), 400);
    assert_eq!(control(&server, "PUT", "syslog", &set), 200);
    let token = r#"{"virtual_account":"Default","days":3}"#;
    assert_eq!(control(&server, "POST", "tokens", token), 200);
    let received = tokio::task::spawn_blocking(move || {
        let mut bytes = [0; 2_048];
        let length = receiver.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    });
    let line = received.await.unwrap();
    assert!(line.starts_with("<134>1 "), "{line}");
    assert!(line.contains("INFO: Token Created: A new Token"), "{line}");
    running.shutdown().await;
}
