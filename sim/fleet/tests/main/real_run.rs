//! Runs on sockets: reaching the target, the clock hook, limits, interruption.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Mutex;
use std::time::Duration;

use muster_fleet::log::Log;
use muster_fleet::real_run::Lines;
use muster_fleet::transport::{Call, ClientOptions};
use muster_fleet::virtual_run::Peer;
use muster_fleet::watch::Watch;
use muster_fleet::{EndpointUrl, Plan, RunError, real_run};
use muster_journal::{Event, JourneyOutcome, Recorder};

use crate::bench::{Played, plan, target};
use crate::scripted_peer::ScriptedPeer;
use crate::socket_server::{Manner, SocketServer, authority, http, ok, tls};

const OPTIONS: ClientOptions =
    ClientOptions { connect_ms_max: 2_000, answer_ms_max: 2_000, answer_bytes_max: 1_000_000 };

fn profile(url: &str, with_clock: bool) -> String {
    let clock = format!("[hooks.clock]\nurl = \"{url}/clock\"\nbody = '{{advance_ms}}'\n");
    let clock = if with_clock { clock } else { String::new() };
    format!("name = \"socket\"\n[endpoints]\ncslu = \"{url}/cslu\"\n{clock}")
}

fn address(server: &SocketServer) -> String {
    format!("http://{}", server.address)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}

fn run(plan: &Plan, stop: &dyn Watch) -> Played {
    let lines = Lines::single(real_run::client(plan, OPTIONS).unwrap());
    let mut recorder = Recorder::new();
    let mut log = Log::new(vec![&mut recorder]);
    let clock = muster_fleet::clock::Clock::wall();
    let summary = block_on(real_run::run(plan, &lines, clock, &mut log, stop)).unwrap();
    Played { entries: recorder.into_entries(), summary }
}

/// The scripted peer behind a socket; so many polls are answered `OK_POLL` once more.
fn licensing_server(still_running: u32) -> SocketServer {
    let peer = Mutex::new(ScriptedPeer { still_running, ..ScriptedPeer::default() });
    SocketServer::with_bodies(move |head, body| {
        if head.contains("/clock ") {
            return Manner::Bytes(ok(""));
        }
        let call = Call {
            endpoint: "cslu".into(),
            url: EndpointUrl::parse("http://localhost/").unwrap().into(),
            method: "POST".into(),
            headers: Default::default(),
            body: body.as_bytes().to_vec(),
        };
        let received = peer.lock().unwrap().exchange(&call).result.unwrap();
        Manner::Bytes(http(
            &format!("{} X", received.status),
            &String::from_utf8_lossy(&received.body),
        ))
    })
}

#[test]
fn a_target_nobody_listens_at_is_unreachable_after_bounded_attempts() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let plan = plan("\n  - probe\n", &profile(&url, false).replace("socket", "gone"), 1);
    let client = real_run::client(&plan, OPTIONS).unwrap();
    match block_on(real_run::reach(&plan, &client)) {
        Err(RunError::Unreachable { target, url: tried, attempts: 4, .. }) => {
            assert_eq!((target.as_str(), tried), ("gone", format!("{url}/cslu")));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_target_that_answers_anything_is_there() {
    let server = SocketServer::plain(Manner::Bytes(http("502 Bad Gateway", "")));
    let plan = plan("\n  - probe\n", &profile(&address(&server), false), 1);
    let client = real_run::client(&plan, OPTIONS).unwrap();
    block_on(real_run::reach(&plan, &client)).unwrap();
    assert_eq!(server.first_lines(), ["GET /cslu HTTP/1.1"]);
}

#[test]
fn a_scenario_runs_and_the_target_clock_goes_with_it() {
    let server = licensing_server(1);
    let steps = "
  - sync
  - poll: { until_complete: true }
    expect: { trust: accepted }
  - report:
    expect: { status: OK_POLL }
";
    let played = run(&plan(steps, &profile(&address(&server), true), 1), &|| false);
    played.assert_sound();
    assert_eq!(played.outcomes(), [JourneyOutcome::Completed]);
    assert!(played.looks().iter().all(|look| look.3), "{}", played.outline());
    let moved = played.entries.iter().filter_map(|entry| match entry.event {
        Event::TimeAdvanced { by_ms, target_moved } => Some((by_ms, target_moved)),
        _ => None,
    });
    let moved = moved.collect::<Vec<_>>();
    let [(by_ms, true)] = moved[..] else { panic!("{moved:?}") };
    assert!((3_590_000..=3_600_000).contains(&by_ms), "{by_ms}");
    let requests = server.requests.lock().unwrap().clone();
    let asked = requests.iter().find(|(line, _)| line == "POST /clock HTTP/1.1").unwrap();
    assert_eq!(asked.1, by_ms.to_string());
}

#[test]
fn tls_facts_and_wall_time_are_in_the_journal() {
    let authority = authority(1);
    let config = tls(&authority, &["localhost"]);
    let server = SocketServer::secure(config, Manner::Bytes(ok("hello")));
    let url = format!("https://localhost:{}", server.address.port());
    let text =
        format!("{}[trust]\nroots_pem = '''{}'''\n", profile(&url, false), authority.root_pem());
    let played = run(&plan("\n  - probe\n", &text, 1), &|| false);
    let exchange = played.exchanges()[0];
    assert_eq!(exchange.tls.as_ref().unwrap().version, "TLSv1.3");
    let muster_journal::ExchangeOutcome::Answered(answer) = &exchange.outcome else {
        panic!("{exchange:?}");
    };
    assert!(answer.elapsed_us > 0);
}

#[test]
fn without_a_clock_hook_a_long_wait_ends_the_journey() {
    let server = licensing_server(9);
    let steps = "\n  - sync\n  - poll: { until_complete: true }\n";
    let played = run(&plan(steps, &profile(&address(&server), false), 2), &|| false);
    played.assert_sound();
    let lacks = vec!["clock".to_owned()];
    let not_run = JourneyOutcome::NotRun { lacks };
    assert_eq!(played.outcomes(), [not_run.clone(), not_run]);
    assert_eq!((played.summary.not_run, played.summary.answered), (2, 4));
}

#[test]
fn a_clock_hook_that_fails_breaks_what_waits() {
    let server = SocketServer::start(None, |head| {
        Manner::Bytes(if head.contains("/clock ") { http("500 No", "stuck") } else { ok("") })
    });
    let steps = "\n  - advance: 1h\n";
    let played = run(&plan(steps, &profile(&address(&server), true), 1), &|| false);
    played.assert_sound();
    let reason = "hook `clock`: HTTP 500: stuck".to_owned();
    assert_eq!(played.outcomes(), [JourneyOutcome::Broken { reason }]);
}

#[test]
fn a_raised_flag_interrupts_a_run_that_waits_for_an_answer() {
    let server = SocketServer::plain(Manner::Silent(Vec::new()));
    let asked = Cell::new(0);
    let stop = || asked.replace(asked.get() + 1) > 3;
    let played = run(&plan("\n  - probe\n", &profile(&address(&server), false), 3), &stop);
    played.assert_sound();
    assert!(played.summary.interrupted);
    assert_eq!(played.outcomes(), vec![JourneyOutcome::Interrupted; 3]);
}

#[test]
fn no_more_requests_are_under_way_than_allowed() {
    let late = Manner::Late(Duration::from_millis(20), ok(""));
    for in_flight_max in [1, 3] {
        let server = SocketServer::plain(late.clone());
        let mut plan = plan("\n  - probe\n  - probe\n", &profile(&address(&server), false), 6);
        plan.in_flight_max = in_flight_max;
        let played = run(&plan, &|| false);
        assert_eq!((played.summary.completed, played.summary.answered), (6, 12));
        let busiest = server.busiest.load(std::sync::atomic::Ordering::SeqCst);
        assert!((1..=in_flight_max).contains(&busiest), "{busiest} of {in_flight_max}");
        assert!(in_flight_max == 1 || busiest > 1, "nothing went on side by side");
    }
}

#[test]
fn roots_that_are_no_certificates_are_refused() {
    let mut bad = target(&profile("https://localhost", false));
    bad.roots = vec![vec![1, 2, 3].into()];
    let mut plan = plan("\n  - probe\n", &profile("https://localhost", false), 1);
    plan.target = Rc::new(bad);
    let error = real_run::client(&plan, OPTIONS).err().unwrap().to_string();
    assert!(error.starts_with("target socket: trust root 1: "), "{error}");
}
