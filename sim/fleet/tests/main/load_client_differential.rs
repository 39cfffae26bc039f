//! The load client against the one-off client (hyper): the same bytes from a server must come to
//! the same answer, or to the same failure.
//!
//! On purpose they differ in three things, all refused by the load client as
//! [`FailureCause::Http`], because a connection that is kept must not depend on a guess where an
//! answer ends, and a load run must not be kept busy by one answer:
//! - a length given more than once, even where it is the same, or beside a transfer coding;
//! - a head of over 64 KiB;
//! - more than 16 provisional answers.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use muster_fleet::EndpointUrl;
use muster_fleet::transport::{
    Call, Client, ClientOptions, LoadClient, LoadOptions, LoadRequest, Received, Undelivered,
};
use muster_journal::FailureCause;
use proptest::prelude::*;

const BODY_BYTES_MAX: usize = 1_000;

/// Header lines of an answer.
pub(crate) const HEADS: &[&str] = &[
    "",
    "content-length: 5",
    "Content-Length:5 ",
    "transfer-encoding: chunked",
    "Transfer-Encoding: gzip, chunked ",
    "transfer-encoding: chunked, gzip",
    "transfer-encoding: gzip\r\ntransfer-encoding: chunked",
    "content-length: ",
    "content-length: +5",
    "content-length: 5 5",
    "content-length: 18446744073709551615",
    "content-length: 18446744073709551613",
    "content-length: 99999999999999999999999",
    "content-length: 0",
    "content-length: 1000",
    "content-length: 1001",
    "folded: a\r\n  b",
    "no-colon",
    ": no name",
    "sp ace: x",
    "x:",
    "x: \u{e9}",
    "a: 1\r\nb: 2\r\na: 3",
    "connection: close",
    "connection: keep-alive",
    "content-length: 5\r\nexpect: 100-continue",
];

/// What follows the head.
pub(crate) const BODIES: &[&str] = &[
    "",
    "five!",
    "more than five",
    "5\r\nabcde\r\n0\r\n\r\n",
    "5\r\nabcde\r\n",
    "5;name=value\r\nabcde\r\n0\r\n\r\n",
    "5 \r\nabcde\r\n0\r\n\r\n",
    "5\nabcde\n0\n\n",
    "0x5\r\nabcde\r\n0\r\n\r\n",
    "5\r\nabcdef\r\n0\r\n\r\n",
    "\r\nabc",
    "g\r\n",
    "0\r\n",
    "0\r\na: b\r\nc: d\r\n\r\n",
    "0\r\na: b\nc: d\r\n\r\n",
    "0\r\nnot a trailer\r\n\r\n",
    "0\r\n \r\n\r\n",
    "0\r\na: b\r\rx",
    "00000000000000000000005\r\nabcde\r\n0\r\n\r\n",
    "ffffffffffffffff\r\nabc",
    "10000000000000000\r\nabc",
    "5;a\nb\r\nabcde\r\n0\r\n\r\n",
    "0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
];

/// What an answer begins with.
pub(crate) const LINES: &[&str] = &[
    "HTTP/1.1 200 OK",
    "HTTP/1.1 200",
    "HTTP/1.1 200 ",
    "HTTP/1.0 200 OK",
    "HTTP/1.1 204 No Content",
    "HTTP/1.1 304 Not Modified",
    "HTTP/1.1 101 Switching",
    "HTTP/1.1 100 Continue",
    "HTTP/1.1 103 Early",
    "HTTP/1.1 999 What",
    "HTTP/1.1 099 Low",
    "HTTP/1.1 2000 OK",
    "HTTP/1.1 20 OK",
    "HTTP/2.0 200 OK",
    "HTTP/1.2 200 OK",
    "http/1.1 200 OK",
    "HTTP/1.1  200 OK",
    "HTTP/1.1 200 \u{e9}t\u{e9}",
    "\r\n\r\nHTTP/1.1 200 OK",
    "\r\rHTTP/1.1 200 OK",
    "ICY 200 OK",
    "",
    " ",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
    "H",
    "HTTP/1.1 2",
];

/// Bytes, and where the server pauses while it sends them.
pub(crate) type Script = (Vec<u8>, Vec<usize>);

/// Status, headers by name, body; or the cause.
pub(crate) type Outcome = Result<(u16, Vec<(String, String)>, Vec<u8>), FailureCause>;

/// A server that reads a request, plays the next script and ends the connection; two clients.
pub(crate) struct Stage {
    url: EndpointUrl,
    scripts: Arc<Mutex<VecDeque<Script>>>,
    runtime: tokio::runtime::Runtime,
    hyper: Client,
    ours: LoadClient,
}

impl Stage {
    fn new() -> Self {
        Self::at(|address| EndpointUrl::parse(&format!("http://{address}/")).unwrap())
    }

    /// The same where a request for the server takes this URL and its way.
    pub(crate) fn at(url: impl FnOnce(SocketAddr) -> EndpointUrl) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let scripts = Arc::<Mutex<VecDeque<Script>>>::default();
        let queue = Arc::clone(&scripts);
        // The thread ends with the process: a test that failed shall not wait for it.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let Some(script) = queue.lock().unwrap().pop_front() else { return };
                let mut request = Vec::new();
                let mut piece = [0; 1024];
                let whole = |request: &[u8]| {
                    request.ends_with(b"\r\n\r\nbody")
                        || request.starts_with(b"HEAD")
                        || (request.starts_with(b"CONNECT") && request.ends_with(b"\r\n\r\n"))
                };
                while !whole(&request) {
                    match stream.read(&mut piece) {
                        Ok(count) if count > 0 => request.extend_from_slice(&piece[..count]),
                        _ => break,
                    }
                }
                play(&mut stream, &script);
            }
        });
        let connect_ms_max = 2_000;
        let answer_ms_max = 5_000;
        let hyper =
            ClientOptions { connect_ms_max, answer_ms_max, answer_bytes_max: BODY_BYTES_MAX };
        let ours = LoadOptions {
            connect_ms_max,
            answer_ms_max,
            answer_bytes_max: BODY_BYTES_MAX,
            ..LoadOptions::default()
        };
        Self {
            url: url(address),
            scripts,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            hyper: Client::new(&[], hyper).unwrap(),
            ours: LoadClient::new(&[], ours).unwrap(),
        }
    }

    /// What hyper and the load client make of the same script.
    pub(crate) fn both(&self, method: &'static str, script: &Script) -> (Outcome, Outcome) {
        self.scripts.lock().unwrap().extend([script.clone(), script.clone()]);
        let call = Call {
            endpoint: "cslu".into(),
            url: self.url.clone().into(),
            method: method.into(),
            headers: Default::default(),
            body: b"body".to_vec(),
        };
        let hyper = self.runtime.block_on(self.hyper.exchange(&call)).result;
        let ours = self.runtime.block_on(self.ours.exchange(1, &LoadRequest::of(&call))).result;
        (outcome(hyper), outcome(ours))
    }

    pub(crate) fn one(&self, method: &'static str, text: &str) -> (Outcome, Outcome) {
        self.both(method, &(text.as_bytes().to_vec(), Vec::new()))
    }
}

fn play(stream: &mut std::net::TcpStream, (bytes, pauses): &Script) {
    let mut cuts: Vec<_> = pauses.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    let _ = stream.set_nodelay(true);
    for pair in cuts.windows(2) {
        if stream.write_all(&bytes[pair[0]..pair[1]]).is_err() {
            return;
        }
        if pair[1] < bytes.len() {
            std::thread::sleep(Duration::from_micros(500));
        }
    }
}

fn outcome(result: Result<Received, Undelivered>) -> Outcome {
    let received = result.map_err(|lost| lost.cause)?;
    let mut headers = received.headers;
    // hyper groups headers of one name; the load client leaves them in the order of the wire.
    headers.sort_by(|a, b| a.0.cmp(&b.0));
    Ok((received.status, headers, received.body))
}

#[test]
fn whatever_a_server_says_both_clients_understand_the_same() {
    let stage = Stage::new();
    let many = "x: y\r\n".repeat(100);
    let extension = format!("1;{}\r\na\r\n0\r\n\r\n", "e".repeat(16_383));
    let trailer = format!("0\r\na: {}\r\n\r\n", "t".repeat(16_400));
    let trailers = format!("0\r\n{}\r\n", "a: b\r\n".repeat(101));
    let long = "x".repeat(1_001);
    let one_more = format!("{many}one: more");
    for head in HEADS.iter().chain(&[many.trim_end(), &one_more]) {
        for body in BODIES.iter().chain(&[&*long, &extension, &trailer, &trailers]) {
            let head = if head.is_empty() { String::new() } else { format!("{head}\r\n") };
            let text = format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}");
            let (hyper, ours) = stage.one("POST", &text);
            assert_eq!(ours, hyper, "{text:?}");
        }
    }
}

#[test]
fn every_status_line_is_understood_the_same() {
    let stage = Stage::new();
    for line in LINES {
        for head in [
            "content-length: 5",
            "content-length: 5\r\ncontent-length: 6",
            "transfer-encoding: chunked",
            "connection: keep-alive",
        ] {
            for rest in ["\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", "\n\nabcde", "\r\n\r\n", "\r\n", ""] {
                for method in ["POST", "HEAD"] {
                    let text = format!("{line}\r\n{head}{rest}");
                    let (hyper, ours) = stage.one(method, &text);
                    assert_eq!(ours, hyper, "{method} {text:?}");
                }
            }
        }
    }
}

#[test]
fn they_differ_on_purpose_in_three_things() {
    let stage = Stage::new();
    let chunked = "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n";
    let many = "HTTP/1.1 103 Early\r\n\r\n".repeat(17);
    let large = format!("x: {}\r\ncontent-length: 5\r\n\r\nabcde", "y".repeat(66_000));
    for text in [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nabcde".to_owned(),
        "HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\nabcde".to_owned(),
        format!("HTTP/1.1 200 OK\r\n{chunked}"),
        format!("HTTP/1.1 200 OK\r\n{large}"),
        format!("{many}HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcde"),
    ] {
        let (hyper, ours) = stage.one("POST", &text);
        assert_eq!(hyper.unwrap().2, b"abcde");
        assert_eq!(ours, Err(FailureCause::Http));
    }
}

/// Answers of parts that are mostly sound, with a change to any byte now and then.
fn script() -> impl Strategy<Value = Script> {
    let first = prop_oneof![
        6 => Just("HTTP/1.1 200 OK\r\n"),
        1 => Just("HTTP/1.0 500 Oh\r\n"),
        1 => Just("HTTP/1.1 204 None\r\n"),
        1 => Just("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"),
        1 => Just("HTTP/1.1 200 OK\n"),
    ];
    let line = prop_oneof![
        3 => Just("content-length: 10\r\n".to_owned()),
        3 => Just("Transfer-Encoding: chunked\r\n".to_owned()),
        1 => Just("transfer-encoding: identity\r\n".to_owned()),
        1 => Just("content-length: 7\n".to_owned()),
        1 => Just("connection: close\r\n".to_owned()),
        1 => Just("x: ".to_owned() + &"y".repeat(5_000) + "\r\n"),
        4 => "[A-Za-z-]{1,6}: ?[ -~]{0,8}\r\n",
        1 => "[ -~]{0,6}\r\n",
    ];
    let chunk = prop_oneof![
        5 => Just("5\r\nabcde\r\n".to_owned()),
        2 => Just("a;x=\"y\"\r\n0123456789\r\n".to_owned()),
        1 => Just("320\r\n".to_owned() + &"z".repeat(800) + "\r\n"),
        1 => "[0-9a-g]{0,2}[ ;]?\r\n[ -~]{0,9}\r\n",
    ];
    let last = prop_oneof![
        4 => Just("0\r\n\r\n".to_owned()),
        1 => "0\r\n([a-z]{1,3}: [a-z]{0,3}\r\n){0,3}\r\n",
        1 => "0?\r?\n?",
    ];
    let body = prop_oneof![
        4 => (prop::collection::vec(chunk, 0..4), last).prop_map(|(c, l)| c.concat() + &l),
        3 => "[ -~]{0,14}",
        1 => "[a-z]{990,1010}",
    ];
    let damage = prop::option::weighted(0.4, (any::<usize>(), any::<u8>()));
    let cut = prop::option::weighted(0.2, any::<usize>());
    let pauses = prop::collection::vec(any::<usize>(), 0..3);
    (first, prop::collection::vec(line, 0..4), body, damage, cut, pauses).prop_map(
        |(first, lines, body, damage, cut, pauses)| {
            let mut bytes = format!("{first}{}\r\n{body}", lines.concat()).into_bytes();
            if let Some((at, byte)) = damage {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut % (bytes.len() + 1));
            }
            (bytes, pauses)
        },
    )
}

/// Whether an answer may be refused for how it gives its length.
fn is_ambiguous(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let lengths = text.matches("content-length").count();
    lengths > 1 || (lengths == 1 && (text.contains("transfer-encoding") || text.contains(',')))
}

/// Plays so many scripts to both clients; how many were answered, and how many not.
pub(crate) fn compare(stage: &Stage, cases: u32) -> (usize, usize) {
    // Fixed runs: a failure must come again, and a pipeline must not depend on luck.
    let config = ProptestConfig { cases, failure_persistence: None, ..Default::default() };
    let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(config, rng);
    let (answered, refused) = (Cell::new(0), Cell::new(0));
    runner
        .run(&script(), |script| {
            let (hyper, ours) = stage.both("POST", &script);
            let count = if hyper.is_ok() { &answered } else { &refused };
            count.set(count.get() + 1);
            if ours == Err(FailureCause::Http) && is_ambiguous(&script.0) {
                return Ok(());
            }
            // hyper does not look again at a head that comes in pieces before it sees its end, so
            // what it says of a broken one depends on the pieces; the load client's word does not.
            let hyper = if ours == hyper {
                hyper
            } else {
                stage.both("POST", &(script.0.clone(), Vec::new())).0
            };
            prop_assert_eq!(ours, hyper, "{}", String::from_utf8_lossy(&script.0));
            Ok(())
        })
        .unwrap();
    (answered.get(), refused.get())
}

#[test]
fn any_answer_is_understood_the_same() {
    let (answered, refused) = compare(&Stage::new(), 1_500);
    // Were one of these rare, the comparison would say little.
    assert!(answered > 400 && refused > 300, "{answered:?} {refused:?}");
}
