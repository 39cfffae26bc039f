//! Collections from product instances that listen on this machine, good and bad ones.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_certs::{InstanceKey, Seed};
use muster_server::{Listener, ServerRequest, id_token};
use muster_wire::Artefact;
use muster_wire::artefact::to_smart_license;
use muster_wire::proposed::acknowledgement::Acknowledgement;
use muster_wire::proposed::trust_request::TrustRequest;
use muster_wire::rum_report::RumReport;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

const SOFTWARE: &str = "regid.2017-05.com.cisco.C9300,v1_727af1d9-6c39-4444-b301-863f81445b72";
const LICENCE: &str = "regid.2021-03.com.cisco.MUSTER_ADV,1.0_3f0c2a51-0d6e-4b6e-8d53-70a1b52f4c01";

fn key() -> InstanceKey {
    InstanceKey::derive(&Seed::from_u64(9), 1, 1)
}

fn sudi() -> Value {
    json!({ "udi_pid": "C9300-24T", "udi_serial_number": "MST00000042" })
}

fn sign(text: &str) -> String {
    STANDARD.encode(key().sign(text.as_bytes()))
}

/// Gives the instance trust id 1.
fn trust(server: &Server) {
    let token = id_token(ServerOptions::default().seed, "valid").unwrap();
    let signed = json!([{
        "sudi": sudi(),
        "trust_id": 1,
        "timestamp": server.now_ms(),
        "public_key": key().public_key().to_spki_base64(),
        "id_token": token,
    }])
    .to_string();
    let entries = serde_json::from_str(&signed).unwrap();
    let signature = sign(&signed);
    let request = TrustRequest { system_info: None, entries, signed, signature };
    let body = json!({
        "sender_info": {
            "connect_info": { "name": "C_agent", "version": "5.0" },
            "timestamp": server.now_ms(),
            "nonce": "1",
            "sudi": sudi(),
            "software_tag_identifier": SOFTWARE,
        },
        "license_data": [{
            "request_type": "ID_TOKEN_TRUST",
            "request_line_id": 1,
            "smart_license": to_smart_license(&request.encode()),
        }],
    })
    .to_string();
    let body = body.as_bytes();
    let request = ServerRequest { method: "POST", path_and_query: RECEIVER, headers: &[], body };
    assert_eq!(server.answer(Listener::ProductHttps, request).status, 200);
}

/// The answer of `all-reports` with one report.
fn reports() -> Vec<u8> {
    let payload = json!({
        "version": "2.0",
        "asset_identification": {
            "report_id": 700,
            "asset": { "name": SOFTWARE },
            "instance": { "sudi": sudi() },
        },
        "meta": { "entitlement_tag": LICENCE, "ha_udi": [] },
        "measurements": [{
            "log_time": 1_780_000_900, "metric_name": "ENTITLEMENT",
            "start_time": 1_780_000_000, "end_time": 1_780_000_900,
            "sample_interval": 900, "num_samples": 1,
            "value": { "type": "COUNT", "value": "3" },
        }],
    })
    .to_string();
    let value = sign(&payload);
    let signature =
        json!({ "sudi": sudi(), "signing_type": "SHA-256", "key": "1", "value": value });
    let report = RumReport::new(payload, serde_json::from_value(signature).unwrap());
    http("200 OK", &json!({ "usage": [report] }).to_string())
}

fn http(status: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn imported() -> Vec<u8> {
    http("204 No Content", "")
}

/// A product instance that gives each call its next answer, and then says what was asked.
async fn instance(answers: Vec<Vec<u8>>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let calls = tokio::spawn(async move {
        let mut calls = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            calls.push(one_call(&mut stream).await);
            // The caller may have heard enough before all is sent.
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
        calls
    });
    (url, calls)
}

async fn one_call(stream: &mut TcpStream) -> String {
    let mut call = Vec::new();
    loop {
        stream.read_buf(&mut call).await.unwrap();
        let text = String::from_utf8_lossy(&call);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return text.into_owned();
        }
    }
}

/// Orders a collection: HTTP status and body.
async fn collect(server: &Server, running: &Running, url: &str) -> (u16, Value) {
    let order = json!({ "url": url }).to_string();
    let order = request("POST", "/muster/control/collect", &order);
    let answer = over_tls(server, running.admin.unwrap(), "localhost", &order).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

fn pushed_file(call: &str) -> Acknowledgement {
    let (head, body) = call.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /smartlic-service/import HTTP/1.1"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    let file = STANDARD.decode(body["import"].as_str().unwrap()).unwrap();
    match Artefact::decode(&file).unwrap() {
        Artefact::Acknowledgement(acknowledgement) => *acknowledgement,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_collection_acknowledges_and_brings_the_missing_policy_until_it_arrived() {
    let server = server();
    trust(&server);
    let running = running(&server).await;
    let failed = http("500 Internal Server Error", "");
    for (import, status, outcome) in
        [(failed, 502, None), (imported(), 200, Some(true)), (imported(), 200, Some(false))]
    {
        let (url, calls) = instance(vec![reports(), import]).await;
        let (found, answer) = collect(&server, &running, &url).await;
        assert_eq!(found, status, "{answer}");
        if let Some(policy) = outcome {
            assert_eq!(answer, json!({ "collected": 1, "policy": policy, "trust": false }));
        } else {
            assert!(answer["error"].as_str().unwrap().contains("answered HTTP 500"), "{answer}");
        }
        let calls = calls.await.unwrap();
        assert!(calls[0].starts_with("GET /smartlic-service/all-reports HTTP/1.1"), "{calls:?}");
        let file = pushed_file(&calls[1]);
        assert_eq!(file.data.acks[0].report_id.0, 700);
        assert_eq!(file.policies.len(), usize::from(outcome != Some(false)));
    }
    running.shutdown().await;
}

#[tokio::test]
async fn refused_reports_get_no_file_and_an_empty_offer_needs_none() {
    let server = server();
    let running = running(&server).await;
    let (url, calls) = instance(vec![reports()]).await;
    let (status, answer) = collect(&server, &running, &url).await;
    assert_eq!((status, answer["code"].as_str()), (422, Some("INVALID_TRUST")));
    assert_eq!(calls.await.unwrap().len(), 1);
    let (url, calls) = instance(vec![http("200 OK", r#"{"usage":[]}"#)]).await;
    let nothing = json!({ "collected": 0, "policy": false, "trust": false });
    assert_eq!(collect(&server, &running, &url).await, (200, nothing));
    assert_eq!(calls.await.unwrap().len(), 1);
    running.shutdown().await;
}

#[tokio::test]
async fn an_instance_that_answers_nonsense_is_a_bad_gateway() {
    let server = server();
    let running = running(&server).await;
    let over_the_limit = " ".repeat(8 * 1024 * 1024 + 1);
    for (answer, reason) in [
        (b"\x15\x03\x01 this is not HTTP\r\n\r\n".to_vec(), "the connection broke"),
        (Vec::new(), "the connection broke"),
        (http("404 Not Found", ""), "answered HTTP 404"),
        (http("200 OK", "<usage/>"), "no list of reports"),
        (http("200 OK", &over_the_limit), "over 8388608 bytes"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec(), "ended early"),
    ] {
        let (url, _calls) = instance(vec![answer]).await;
        let (status, answer) = collect(&server, &running, &url).await;
        let error = answer["error"].as_str().unwrap();
        assert!(status == 502 && error.contains(reason), "{reason}: {status} {error}");
    }
    running.shutdown().await;
}

#[tokio::test]
async fn nobody_silence_and_other_machines_are_told_apart() {
    let server = server();
    let running = running(&server).await;
    // Connections to it wait in the kernel and are never answered.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silence = format!("http://{}", silent.local_addr().unwrap());
    for (url, status, reason) in [
        (format!("http://{gone}"), 502, "cannot connect"),
        (silence, 502, "no whole answer within 5 s"),
        ("http://192.0.2.1:80".to_owned(), 400, "loopback"),
    ] {
        let (found, answer) = collect(&server, &running, &url).await;
        let error = answer["error"].as_str().unwrap();
        assert!(found == status && error.contains(reason), "{url}: {found} {error}");
    }
    running.shutdown().await;
}
