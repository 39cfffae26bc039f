//! The server behind sockets under load: CPU per request, requests/s, bytes per connection and per
//! registered instance. Not a criterion bench: it starts the server as a process of its own and
//! reads what the system says about it.
//!
//! ```text
//! CARGO_PROFILE_BENCH_LTO=thin cargo bench -p muster-server --bench load --no-run
//! taskset -c 1 THE_PROGRAM_IT_NAMES --bench [MEASUREMENT]...
//! ```
//!
//! A measurement is one of reports, state, polls, idle, storm, resumption, registered, lists,
//! threads; all of them when none is named. So built and with this allocator, the server is as a
//! release of `muster` has it.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot be set up ends")]
#![expect(clippy::print_stdout, reason = "the numbers are the output")]

mod client;
#[path = "../instance/mod.rs"]
mod instance;
mod lists;
mod process;

use std::time::Instant;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use muster_certs::{InstanceKey, Seed};
use muster_server::{Listener, ServerRequest, SigningMode};

use instance::{CSLU, Instance, RECEIVER, line_status, poll_id};
use process::ServerProcess;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Signed reports each measurement posts.
const REPORTS: usize = 40_000;
/// Signatures verified to learn what one takes.
const VERIFICATIONS: usize = 4_000;
/// Connections that are opened and left alone; both ends count against the limit of descriptors
/// of their own process only.
const IDLE: usize = 5_000;
/// Connections that come in one moment.
const STORM: usize = 4_000;
/// Instances registered in memory, and how many of them go on for a month.
const REGISTERED: u64 = 50_000;
const MONTH: (u64, u64) = (1_000, 90);
/// Another number of instances instead.
const INSTANCES: &str = "MUSTER_BENCH_INSTANCES";
/// Connections per kind of handshake; over what a small session cache holds.
const HANDSHAKES: usize = 10_000;

fn main() {
    match process::role().as_deref() {
        Some("serve") => return process::serve(),
        Some("register") => return registered_here(),
        Some("verify") => return verify_here(),
        _ => {}
    }
    let chosen: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wants = |name: &str| chosen.is_empty() || chosen.iter().any(|arg| arg == name);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        if wants("reports") {
            for connections in [64, 1_000] {
                let before = process::verification_us();
                let cpu_us = reports("reports", &ServerProcess::start(), connections).await;
                let floor_us = (before + process::verification_us()) / 2.0;
                println!(
                    "        one verification alone: {floor_us:.1} us, a report is {:.2} of them",
                    cpu_us / floor_us
                );
            }
        }
        if wants("state") {
            for connections in [64, 1_000] {
                state(connections).await;
            }
        }
        if wants("polls") {
            for connections in [64, 1_000] {
                polls(connections).await;
            }
        }
        if wants("idle") {
            idle().await;
        }
        if wants("storm") {
            storm().await;
        }
        if wants("resumption") {
            resumption().await;
        }
    });
    if wants("registered") {
        process::register();
    }
    if wants("lists") {
        lists::lists(instances());
    }
    if wants("threads") {
        process::unpin();
        threads();
    }
}

/// What the lock around the store costs: early polls, which do little else, from one thread and
/// from two.
fn threads() {
    let server = instance::server(SigningMode::Fast);
    let post = |path, body: &[u8]| {
        let request = ServerRequest { method: "POST", path_and_query: path, headers: &[], body };
        server.answer(Listener::ProductHttps, request).body
    };
    for count in [1_usize, 2] {
        let bodies = |thread: usize| {
            let mut instance = Instance::new((10 * count + thread) as u64);
            assert_eq!(line_status(&post(RECEIVER, &instance.trust(1))), "COMPLETE");
            let promised = poll_id(&post(CSLU, &instance.usage(1)));
            (0..REPORTS).map(|_| instance.poll(&promised)).collect::<Vec<_>>()
        };
        let work: Vec<_> = (0..count).map(bodies).collect();
        let start = Instant::now();
        std::thread::scope(|scope| {
            for bodies in &work {
                scope.spawn(|| bodies.iter().for_each(|body| drop(post(CSLU, body))));
            }
        });
        let rate = (count * REPORTS) as f64 / start.elapsed().as_secs_f64();
        println!("threads {count}: {rate:.0} early polls/s in memory");
    }
}

/// One signed report after the other on every connection, each judged by its status. The server's
/// CPU time of each, microseconds.
async fn reports(what: &str, server: &ServerProcess, connections: usize) -> f64 {
    let each = REPORTS / connections;
    let mut work = Vec::new();
    for number in 0..connections as u64 {
        let mut instance = Instance::new(number);
        let trust = instance.trust(1);
        work.push((trust, (0..each).map(|_| instance.usage(1)).collect::<Vec<_>>()));
    }
    let mut streams = Vec::new();
    let config = client::config(&server.root, false);
    for (trust, bodies) in work {
        let mut stream = client::Client::open(server.address, &config).await;
        assert_eq!(line_status(&stream.post(RECEIVER, &trust).await), "COMPLETE");
        streams.push((stream, bodies));
    }
    measure(what, server, connections, each, streams, "OK_POLL").await
}

/// Verifies signatures of many keys, each ready; says what one takes.
fn verify_here() {
    let signed: Vec<_> = (0..VERIFICATIONS as u64)
        .map(|index| {
            let key = InstanceKey::derive_with(&Seed::from_u64(1), index, 0, SigningMode::Fast);
            let public = key.public_key();
            let ready = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public.point()).unwrap();
            let message = index.to_be_bytes();
            (ready, message, key.sign(&message))
        })
        .collect();
    let start = Instant::now();
    for (key, message, signature) in &signed {
        assert!(key.verify_sig(message, signature).is_ok());
    }
    println!("{}", start.elapsed().as_secs_f64() * 1e6 / signed.len() as f64);
}

/// The same with a state file, and how soon a server goes on with it.
async fn state(connections: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.state");
    let mut server = ServerProcess::start_with_state(&file);
    reports("state", &server, connections).await;
    server.end();
    let megabytes = std::fs::metadata(&file).unwrap().len() / 1_000_000;
    let start = Instant::now();
    drop(ServerProcess::start_with_state(&file));
    println!("state file {megabytes} MB, started and ended again in {:?}", start.elapsed());
}

/// Polls that come too early.
async fn polls(connections: usize) {
    let server = ServerProcess::start();
    let each = REPORTS / connections;
    let mut streams = Vec::new();
    let config = client::config(&server.root, false);
    for number in 0..connections as u64 {
        let mut instance = Instance::new(number);
        let mut stream = client::Client::open(server.address, &config).await;
        let trust = stream.post(RECEIVER, &instance.trust(1)).await;
        assert_eq!(line_status(&trust), "COMPLETE");
        let promised = poll_id(&stream.post(CSLU, &instance.usage(1)).await);
        let bodies: Vec<_> = (0..each).map(|_| instance.poll(&promised)).collect();
        streams.push((stream, bodies));
    }
    measure("polls", &server, connections, each, streams, "OK_POLL").await;
}

async fn measure(
    what: &str,
    server: &ServerProcess,
    connections: usize,
    each: usize,
    streams: Vec<(client::Client, Vec<Vec<u8>>)>,
    expected: &'static str,
) -> f64 {
    let before = server.cpu();
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for (mut stream, bodies) in streams {
        tasks.spawn(async move {
            for body in bodies {
                let answer = stream.post(CSLU, &body).await;
                // Substring, not JSON: reading answers must not be what limits the client.
                assert!(client::contains(&answer, expected), "{answer:?}");
            }
            stream
        });
    }
    // Connections stay open until the end, so that none of the closing is measured.
    let streams = tasks.join_all().await;
    let (took, cpu) = (start.elapsed(), server.cpu() - before);
    drop(streams);
    let requests = connections * each;
    let cpu_us = cpu.as_secs_f64() * 1e6 / requests as f64;
    println!(
        "{what} {connections:>5} connections: {:>8.0} requests/s, server CPU {cpu_us:>6.1} us/request, \
         server RSS {} MB, server busy {:.0} %",
        requests as f64 / took.as_secs_f64(),
        server.rss_kib() / 1024,
        100.0 * cpu.as_secs_f64() / took.as_secs_f64(),
    );
    cpu_us
}

/// What a connection costs that asked once and then stays, and how long the server takes to end.
async fn idle() {
    let mut server = ServerProcess::start();
    let config = client::config(&server.root, false);
    let mut warm = client::Client::open(server.address, &config).await;
    warm.banner().await;
    let before = server.rss_kib();
    let mut streams = Vec::new();
    for _ in 0..IDLE {
        let mut stream = client::Client::open(server.address, &config).await;
        stream.banner().await;
        streams.push(stream);
    }
    let after = server.rss_kib();
    let ending = server.end();
    println!(
        "idle  {IDLE:>6} connections: {:.1} KiB of server RSS each, orderly end after {ending:?}",
        (after - before) as f64 / IDLE as f64
    );
}

/// Everyone connects at once, as after a power cut.
async fn storm() {
    let server = ServerProcess::start();
    let (address, config) = (server.address, client::config(&server.root, false));
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..STORM {
        let config = std::sync::Arc::clone(&config);
        tasks.spawn(async move {
            client::Client::open(address, &config).await.banner().await;
            start.elapsed()
        });
    }
    let mut took = tasks.join_all().await;
    took.sort_unstable();
    println!(
        "storm {STORM:>6} connections at once: all answered, median {:?}, last {:?}",
        took[STORM / 2],
        took[STORM - 1]
    );
}

/// New connections with one small request, with and without resumption.
async fn resumption() {
    let server = ServerProcess::start();
    for (name, resumes) in [("full", false), ("resumed", true)] {
        let config = client::config(&server.root, resumes);
        client::Client::open(server.address, &config).await.banner().await;
        let (before, start, mut resumed) = (server.cpu(), Instant::now(), 0);
        for _ in 0..HANDSHAKES {
            let mut stream = client::Client::open(server.address, &config).await;
            resumed += usize::from(stream.is_resumed());
            stream.banner().await;
        }
        let (took, cpu) = (start.elapsed(), server.cpu() - before);
        println!(
            "{name:<7} {HANDSHAKES} connections, {resumed} resumed: {:.0}/s one at a time, \
             server CPU {:.0} us each",
            HANDSHAKES as f64 / took.as_secs_f64(),
            cpu.as_secs_f64() * 1e6 / HANDSHAKES as f64
        );
    }
}

fn instances() -> u64 {
    let wanted = std::env::var(INSTANCES).ok().and_then(|text| text.parse().ok());
    wanted.unwrap_or(REGISTERED)
}

/// Registers, reports and polls in this process and says what stays.
fn registered_here() {
    let count = instances();
    let server = instance::server(SigningMode::Fast);
    let post = |path, body: &[u8]| {
        let request = ServerRequest { method: "POST", path_and_query: path, headers: &[], body };
        server.answer(Listener::ProductHttps, request).body
    };
    let acknowledged = |instance: &mut Instance| {
        let promised = poll_id(&post(RECEIVER, &instance.usage(1)));
        assert_eq!(line_status(&post(RECEIVER, &instance.poll(&promised))), "COMPLETE");
    };
    let rss_kib = || process::rss_kib(std::process::id());
    let before = rss_kib();
    let say = |what: &str, since_kib: u64, of: u64| {
        let now = rss_kib();
        let each = now.saturating_sub(since_kib) * 1024 / of;
        println!("registered {of:>6} {what}: {each} bytes each, RSS {} MB", now / 1024);
        now
    };
    for number in 0..count {
        assert_eq!(line_status(&post(RECEIVER, &Instance::new(number).trust(1))), "COMPLETE");
    }
    say("trusted", before, count);
    for number in 0..count {
        let mut instance = Instance::new(number);
        // A fresh nonce: the number continues after the trust request's.
        instance.nonce += 1;
        acknowledged(&mut instance);
    }
    let now = say("trusted, reported, acknowledged", before, count);
    let (some, reports) = MONTH;
    for number in 0..some.min(count) {
        let mut instance = Instance::new(number);
        // Past the nonces and the report of the first round.
        instance.nonce += 3;
        instance.report += 1;
        (0..reports).for_each(|_| acknowledged(&mut instance));
    }
    say("more after 90 more reports", now, some);
}
