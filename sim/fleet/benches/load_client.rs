//! What the load client costs beside hyper's: processor time and memory of the client alone,
//! against a minimal hyper server in another process, over TLS on loopback.
//!
//! `cargo bench -p muster-fleet --bench load_client` prints the tables; a wall rate says as much
//! about the server as about the client, so compare processor time per request.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot run has nothing to say")]

use std::cell::Cell;
use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use muster_certs::{Authority, AuthorityOptions, Seed};
use muster_fleet::EndpointUrl;
use muster_fleet::transport::{ClientCounters, LoadClient, LoadOptions, LoadRequest};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;
use tokio_rustls::{TlsAcceptor, TlsConnector};

const ROUNDS: usize = 3;
const WINDOW: Duration = Duration::from_secs(3);
const WARM_UP: Duration = Duration::from_millis(500);

/// Handshakes under way while connections are opened.
const OPENING: usize = 64;

fn main() {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = args.iter().map(String::as_str).collect();
    // Both ends need a descriptor per connection.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    match words.as_slice() {
        ["--serve"] => serve(),
        ["--measure", what, count, port] => {
            measure(what, count.parse().unwrap(), port.parse().unwrap());
        }
        _ => compare(),
    }
}

fn compare() {
    println!("keep-alive, 2 KB POST, TLS 1.3; medians of {ROUNDS} interleaved rounds");
    println!("client connections  us/request  requests/s  KB/connection idle  active");
    for count in ["64", "1000", "8000"] {
        table(&["ours", "hyper"], count);
    }
    println!("one connection per exchange, 64 lanes");
    println!("client lanes        us/exchange exchanges/s resumed");
    table(&["full", "remembered", "resumed"], "64");
}

fn table(whats: &[&str], count: &str) {
    let mut rows: Vec<Vec<Vec<f64>>> = vec![Vec::new(); whats.len()];
    for _ in 0..ROUNDS {
        for (at, what) in whats.iter().enumerate() {
            rows[at].push(row(what, count));
        }
    }
    for (what, rounds) in whats.iter().zip(rows) {
        let median = |column: usize| {
            let mut all: Vec<_> = rounds.iter().map(|row| row[column]).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        let columns: Vec<_> =
            (0..rounds[0].len()).map(|at| format!("{:10.1}", median(at))).collect();
        println!("{what:10} {count:>4} {}", columns.join("  "));
    }
}

/// One measurement: a server of its own, a client of its own.
fn row(what: &str, count: &str) -> Vec<f64> {
    let mut server = Process::start(&["--serve"]);
    let port = server.line();
    let line = Process::start(&["--measure", what, count, port.trim()]).line();
    line.split_whitespace().map(|number| number.parse().unwrap()).collect()
}

/// This program again, ended when dropped.
struct Process(Child);

impl Process {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        Self(command.args(args).stdout(Stdio::piped()).spawn().unwrap())
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn authority() -> Authority {
    let options = AuthorityOptions { validity_days: 36_500, ..AuthorityOptions::default() };
    Authority::new(&Seed::from_u64(1), &options).unwrap()
}

fn local<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, work)
}

fn serve() {
    let identity = authority().server_identity(&["127.0.0.1".to_owned()]).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    local(async move {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener: TcpListener = socket.listen(4096).unwrap();
        println!("{}", listener.local_addr().unwrap().port());
        loop {
            let Ok((tcp, _)) = listener.accept().await else { continue };
            let acceptor = acceptor.clone();
            tokio::task::spawn_local(async move {
                let _ = tcp.set_nodelay(true);
                let Ok(tls) = acceptor.accept(tcp).await else { return };
                let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| async {
                    let _ = request.into_body().collect().await;
                    let answer = Bytes::from_static(b"{\"status\":\"COMPLETE\",\"poll\":60}");
                    Ok::<_, Infallible>(hyper::Response::new(Full::new(answer)))
                });
                let http = hyper::server::conn::http1::Builder::new();
                let _ = http.serve_connection(TokioIo::new(tls), service).await;
            });
        }
    });
}

fn measure(what: &str, count: usize, port: u16) {
    let row = match what {
        "hyper" => local(keep_alive(count, port, false)),
        "ours" => local(keep_alive(count, port, true)),
        _ => local(per_exchange(what, count, port)),
    };
    let row: Vec<_> = row.iter().map(f64::to_string).collect();
    println!("{}", row.join(" "));
}

/// Requests answered, and whether to go on.
#[derive(Clone, Default)]
struct Tally {
    answered: Rc<Cell<u64>>,
    ready: Rc<Cell<usize>>,
    started: Rc<tokio::sync::Notify>,
}

async fn keep_alive(count: usize, port: u16, ours: bool) -> Vec<f64> {
    let empty = resident_bytes();
    let tally = Tally::default();
    let opening = Rc::new(tokio::sync::Semaphore::new(OPENING));
    let client = client(LoadOptions { keep_alive: true, ..options() });
    let connector = connector();
    for lane in 0..u32::try_from(count).unwrap() {
        let (tally, opening) = (tally.clone(), Rc::clone(&opening));
        if ours {
            tokio::task::spawn_local(drive_ours(client.clone(), lane, port, tally, opening));
        } else {
            tokio::task::spawn_local(drive_hyper(connector.clone(), port, tally, opening));
        }
    }
    while tally.ready.get() < count {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let idle = resident_bytes();
    tally.started.notify_waiters();
    let (cpu_us, rate) = window(|| tally.answered.get()).await;
    #[expect(clippy::cast_precision_loss, reason = "kilobytes of a process are far below 2^52")]
    let per = |bytes: u64| bytes.saturating_sub(empty) as f64 / 1024.0 / count as f64;
    vec![cpu_us, rate, per(idle), per(resident_bytes())]
}

async fn per_exchange(what: &str, lanes: usize, port: u16) -> Vec<f64> {
    let client = client(LoadOptions {
        verify_every_chain: what == "full",
        resumption: what == "resumed",
        ..options()
    });
    for lane in 0..u32::try_from(lanes).unwrap() {
        let client = client.clone();
        tokio::task::spawn_local(async move {
            let url = url(port);
            loop {
                exchange(&client, lane, &url).await;
            }
        });
    }
    let (cpu_us, rate) = window(|| client.counters().exchanges).await;
    let ClientCounters { handshakes_full, handshakes_resumed, .. } = client.counters();
    #[expect(clippy::cast_precision_loss, reason = "a bench does not count to 2^52")]
    let share = handshakes_resumed as f64 / (handshakes_full + handshakes_resumed) as f64;
    vec![cpu_us, rate, share]
}

/// Processor microseconds per count, and counts per second.
async fn window(count: impl Fn() -> u64) -> (f64, f64) {
    tokio::time::sleep(WARM_UP).await;
    let (counted, cpu, began) = (count(), cpu_ns(), Instant::now());
    tokio::time::sleep(WINDOW).await;
    #[expect(clippy::cast_precision_loss, reason = "a bench does not count to 2^52")]
    let (counted, cpu) = ((count() - counted) as f64, (cpu_ns() - cpu) as f64);
    (cpu / 1e3 / counted, counted / began.elapsed().as_secs_f64())
}

fn options() -> LoadOptions {
    LoadOptions { connections_max: 19_000, ..LoadOptions::default() }
}

fn client(options: LoadOptions) -> LoadClient {
    let roots = muster_certs::trust_roots_from_pem(&authority().root_pem()).unwrap();
    LoadClient::new(&roots, options).unwrap()
}

fn url(port: u16) -> EndpointUrl {
    EndpointUrl::parse(&format!("https://127.0.0.1:{port}/drill")).unwrap()
}

const BODY: [u8; 2_048] = [b'x'; 2_048];

async fn exchange(client: &LoadClient, lane: u32, url: &EndpointUrl) {
    let headers = [];
    let request =
        LoadRequest { url, method: "POST", headers: &headers, body: &BODY, headers_wanted: false };
    assert_eq!(client.exchange(lane, &request).await.result.unwrap().status, 200);
}

async fn drive_ours(
    client: LoadClient,
    lane: u32,
    port: u16,
    tally: Tally,
    opening: Rc<tokio::sync::Semaphore>,
) {
    let url = url(port);
    let turn = opening.acquire().await.unwrap();
    exchange(&client, lane, &url).await;
    drop(turn);
    tally.ready.set(tally.ready.get() + 1);
    tally.started.notified().await;
    loop {
        exchange(&client, lane, &url).await;
        tally.answered.set(tally.answered.get() + 1);
    }
}

fn connector() -> TlsConnector {
    let mut store = rustls::RootCertStore::empty();
    for root in muster_certs::trust_roots_from_pem(&authority().root_pem()).unwrap() {
        store.add(root).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(store)
        .with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    TlsConnector::from(Arc::new(config))
}

async fn drive_hyper(
    connector: TlsConnector,
    port: u16,
    tally: Tally,
    opening: Rc<tokio::sync::Semaphore>,
) {
    let turn = opening.acquire().await.unwrap();
    let tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    tcp.set_nodelay(true).unwrap();
    let tls = connector.connect("127.0.0.1".try_into().unwrap(), tcp).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(tls)).await.unwrap();
    tokio::task::spawn_local(connection);
    let mut send = async || {
        let request = hyper::Request::post("/drill")
            .header("host", format!("127.0.0.1:{port}"))
            .body(Full::new(Bytes::from_static(&BODY)))
            .unwrap();
        sender.ready().await.unwrap();
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.into_body().collect().await.unwrap().to_bytes();
    };
    send().await;
    drop(turn);
    tally.ready.set(tally.ready.get() + 1);
    tally.started.notified().await;
    loop {
        send().await;
        tally.answered.set(tally.answered.get() + 1);
    }
}

/// Processor time of this thread.
fn cpu_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse().unwrap()
}

/// Memory of this process that is in RAM.
fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
