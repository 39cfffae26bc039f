//! The control API of a `muster serve` process, as its target profile says where it is.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use muster_certs::trust_roots_from_pem;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::ServerName;
use serde_json::Value;

/// Far over what an answer on loopback takes, so that a hang fails the test.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks for a resource, over TLS with the profile's root.
pub(crate) fn get(profile: &Path, resource: &str) -> Value {
    let profile = std::fs::read_to_string(profile).expect("the server wrote its profile");
    let between = |start: &str, end: &str| {
        let (_, rest) = profile.split_once(start).expect("the profile has every part");
        rest.split_once(end).expect("the part ends").0.to_owned()
    };
    let address = between("admin = \"https://", "/\"");
    let config = Arc::new(trusting(&between("roots_pem = '''", "'''")));
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(config, name).expect("a good configuration");
    let socket = TcpStream::connect(address).expect("the server listens");
    socket.set_read_timeout(Some(PATIENCE)).expect("some time");
    let mut stream = StreamOwned::new(connection, socket);
    let request = format!(
        "GET /muster/control/{resource} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server answers and closes");
    let answer = String::from_utf8(answer).expect("JSON is UTF-8");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(body).expect("the body is JSON")
}

fn trusting(pem: &str) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    for root in trust_roots_from_pem(pem).expect("the profile's root is one") {
        roots.add(root).expect("a root that can be trusted");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
