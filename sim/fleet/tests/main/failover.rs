//! Instances with several servers: in virtual time, where every course can be played, and on
//! sockets with TLS.

use std::collections::BTreeSet;
use std::path::Path;

use muster_fleet::log::Log;
use muster_fleet::real_run::{self, Lines};
use muster_fleet::transport::{Call, ClientOptions, LoadOptions, Received, Reply, Undelivered};
use muster_fleet::virtual_run::{self, Peer};
use muster_fleet::{HostPolicy, Plan, Target};
use muster_journal::{Event, ExchangeOutcome, FailureCause, Recorder};

use crate::bench::{Played, START_MS, plan};
use crate::scripted_peer::{ScriptedPeer, answered, lost};
use crate::socket_server::{Manner, SocketServer, authority, http, tls};

const PROFILE: &str = r#"
name = "pair"
[endpoints]
cslu = { urls = ["http://127.0.0.1:1/cslu", "http://127.0.0.1:2/cslu"] }
smart_receiver = "http://127.0.0.1:3/licservice/license"
[hooks.clock]
url = "http://127.0.0.1:9/clock"
"#;

/// One instance alone: another would have a choice of its own.
const CAST: &str = "title: A pair of servers
instances:
  wlc: { platform: c9800-l, via: cslu }
steps:
";

/// Servers told apart by their ports; one that is down is not reached, one that is ill says 502.
#[derive(Default)]
struct Servers {
    inner: ScriptedPeer,
    now_ms: u64,
    /// From when on, until when, and what becomes of a request to that port.
    troubles: Vec<(u64, u64, u16, Trouble)>,
    asked: Vec<u16>,
}

#[derive(Clone, Copy)]
enum Trouble {
    Down,
    Ill,
    Silent,
}

impl Peer for Servers {
    fn exchange(&mut self, call: &Call) -> Reply {
        if &*call.endpoint == "hook" {
            return self.inner.exchange(call);
        }
        self.asked.push(call.url.port);
        let hours = (self.now_ms - START_MS) / 3_600_000;
        let trouble = self.troubles.iter().find(|(from, until, port, _)| {
            (*from..*until).contains(&hours) && *port == call.url.port
        });
        let result: Result<Received, Undelivered> = match trouble {
            None => return self.inner.exchange(call),
            Some((.., Trouble::Down)) => lost(FailureCause::Connect),
            Some((.., Trouble::Silent)) => lost(FailureCause::Timeout),
            Some((.., Trouble::Ill)) => answered(502, b""),
        };
        Reply { result, tls: None, elapsed_us: 0 }
    }

    fn set_clock(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        self.inner.set_clock(now_ms);
    }
}

fn play(steps: &str, troubles: Vec<(u64, u64, u16, Trouble)>) -> (Played, Vec<u16>) {
    let mut peer = Servers { now_ms: START_MS, troubles, ..Servers::default() };
    let mut recorder = Recorder::new();
    let mut log = Log::new(vec![&mut recorder]);
    let plan = plan(&format!("{CAST}{steps}"), PROFILE, 1);
    let summary = virtual_run::run(&plan, START_MS, &mut peer, &mut log, &|| false).unwrap();
    let played = Played { entries: recorder.into_entries(), summary };
    played.assert_sound();
    (played, peer.asked)
}

/// What the journal says of the choice of servers.
fn moves(played: &Played) -> Vec<String> {
    let moves = played.entries.iter().filter_map(|entry| match &entry.event {
        Event::StateChanged { machine, key, from, to, input } if machine == "failover" => {
            Some(format!("{key}: {from} -> {to} ({input})"))
        }
        _ => None,
    });
    moves.collect()
}

#[test]
fn an_instance_whose_server_is_down_turns_to_the_next_and_stays() {
    let steps = "
  - sync
  - advance: 1h
  - sync
  - advance: 1h
  - sync
";
    let (played, asked) = play(steps, vec![(0, 1_000, 1, Trouble::Down)]);
    assert_eq!(asked[..2], [1, 2], "the second attempt goes to the second server");
    assert!(asked[1..].iter().all(|port| *port == 2), "{asked:?}");
    assert_eq!(
        moves(&played),
        ["cslu: settled -> turned (unreachable)", "cslu: turned -> settled (answered)"]
    );
    let urls: BTreeSet<_> = played.exchanges().iter().map(|one| one.url.clone()).collect();
    assert_eq!(urls.len(), 2, "each exchange says where it went: {urls:?}");
}

#[test]
fn a_gateway_error_is_waited_out_once_and_two_are_not() {
    let (played, asked) = play("\n  - sync\n  - advance: 1h\n", vec![]);
    assert!(moves(&played).is_empty() && asked.iter().all(|port| *port == 1));
    // The documented course: 502, then the same server works.
    let mut peer = Servers { now_ms: START_MS, ..Servers::default() };
    peer.inner.script.push_back(answered(502, b""));
    let mut recorder = Recorder::new();
    let mut log = Log::new(vec![&mut recorder]);
    let plan = plan(&format!("{CAST}\n  - sync\n  - advance: 1h\n"), PROFILE, 1);
    let summary = virtual_run::run(&plan, START_MS, &mut peer, &mut log, &|| false).unwrap();
    let played = Played { entries: recorder.into_entries(), summary };
    assert!(peer.asked.iter().all(|port| *port == 1), "{:?}", peer.asked);
    assert_eq!(
        moves(&played),
        ["cslu: settled -> doubted (stumbled)", "cslu: doubted -> settled (answered)"]
    );
    for trouble in [Trouble::Ill, Trouble::Silent] {
        let (_, asked) = play("\n  - sync\n  - advance: 1h\n", vec![(0, 1_000, 1, trouble)]);
        assert_eq!(asked[..3], [1, 1, 2]);
    }
}

#[test]
fn the_first_server_is_used_again_when_it_is_back_after_a_day() {
    let steps = "
  - sync
  - repeat: { times: 5, steps: [{ advance: 12h }, sync] }
";
    let (played, asked) = play(steps, vec![(0, 40, 1, Trouble::Down)]);
    let moves = moves(&played);
    assert_eq!(
        moves[..3],
        [
            "cslu: settled -> turned (unreachable)",
            "cslu: turned -> settled (answered)",
            // After a day: not back yet, and the second server is still there.
            "cslu: returning -> settled (unreachable)",
        ]
    );
    assert_eq!(moves.last().unwrap(), "cslu: returning -> settled (answered)");
    assert_eq!(asked.last(), Some(&1), "{asked:?}");
    assert_eq!(asked.iter().filter(|port| **port == 1).count(), {
        let after = asked.iter().rposition(|port| *port == 2).unwrap() + 1;
        2 + asked[after..].len()
    });
}

#[test]
fn a_restart_asks_the_first_server_first() {
    let steps = "
  - sync
  - advance: 1h
  - reload:
  - sync
";
    let (_, asked) = play(steps, vec![(0, 1, 1, Trouble::Down)]);
    assert_eq!((asked[0], asked[1], *asked.last().unwrap()), (1, 2, 1), "{asked:?}");
}

#[test]
fn an_endpoint_a_step_names_is_no_reason_to_turn_away() {
    let steps = "
  - { sync: , via: smart_receiver }
  - advance: 1h
  - sync
";
    let (played, asked) = play(steps, vec![(0, 1, 3, Trouble::Down)]);
    assert_eq!(asked[0], 3);
    assert!(moves(&played).is_empty(), "{:?}", moves(&played));
}

#[test]
fn without_a_second_server_nothing_is_turned_to_and_nothing_is_told() {
    let one = PROFILE.replace(
        "{ urls = [\"http://127.0.0.1:1/cslu\", \"http://127.0.0.1:2/cslu\"] }",
        "{ urls = [\"http://127.0.0.1:1/cslu\"] }",
    );
    let mut peer = Servers {
        now_ms: START_MS,
        troubles: vec![(0, 1, 1, Trouble::Down)],
        ..Servers::default()
    };
    let mut recorder = Recorder::new();
    let mut log = Log::new(vec![&mut recorder]);
    let plan = plan(&format!("{CAST}\n  - sync\n  - advance: 2h\n  - sync\n"), &one, 1);
    let summary = virtual_run::run(&plan, START_MS, &mut peer, &mut log, &|| false).unwrap();
    let played = Played { entries: recorder.into_entries(), summary };
    assert!(moves(&played).is_empty() && peer.asked.iter().all(|port| *port == 1));
}

const LIMITS: ClientOptions =
    ClientOptions { connect_ms_max: 2_000, answer_ms_max: 2_000, answer_bytes_max: 1_000_000 };

/// Runs a probe-like scenario on sockets over one of the clients.
fn run_on_sockets(plan: &Plan, load: bool) -> Vec<Event> {
    let client = real_run::client(plan, LIMITS).unwrap();
    let mut lines = Lines::single(client.clone());
    if load {
        lines.load = Some(real_run::load_client(plan, LoadOptions::default()).unwrap());
    }
    let mut recorder = Recorder::new();
    let mut log = Log::new(vec![&mut recorder]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let clock = real_run::reach(plan, &client).await.unwrap();
        real_run::run(plan, &lines, clock, &mut log, &|| false).await.unwrap();
    });
    recorder.into_entries().into_iter().map(|entry| entry.event).collect()
}

#[test]
fn on_sockets_the_next_attempt_goes_to_the_server_that_is_there() {
    let ours = authority(1);
    let second = SocketServer::secure(
        tls(&ours, &["127.0.0.1"]),
        Manner::Bytes(http("404 Not Found", "nothing here")),
    );
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let profile = format!(
        "name = \"pair\"\n[endpoints]\ncslu = {{ urls = [\"https://{free}/cslu\", \
         \"https://{}/cslu\"] }}\n[trust]\nroots_pem = '''{}'''\n",
        second.address,
        ours.root_pem()
    );
    for load in [false, true] {
        let steps = format!("{CAST}\n  - sync\n  - sync\n");
        let events = run_on_sockets(&plan(&steps, &profile, 1), load);
        let outcomes: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                Event::Exchange(exchange) => Some((exchange.url.clone(), &exchange.outcome)),
                _ => None,
            })
            .collect();
        assert!(outcomes.len() >= 2, "{outcomes:?}");
        let (url, first) = &outcomes[0];
        assert_eq!(*url, format!("https://{free}/cslu"));
        assert!(matches!(first, ExchangeOutcome::Failed { cause: FailureCause::Connect, .. }));
        let (url, next) = &outcomes[1];
        assert_eq!(*url, format!("https://{}/cslu", second.address));
        assert!(matches!(next, ExchangeOutcome::Answered(answer) if answer.status == 404));
    }
}

#[test]
fn a_target_whose_second_server_answers_is_there() {
    let second = SocketServer::plain(Manner::Bytes(http("200 OK", "")));
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let profile = format!(
        "name = \"pair\"\n[endpoints]\ncslu = {{ urls = [\"http://{free}/\", \"http://{}/\"] }}\n",
        second.address
    );
    let target = Target::from_toml(Path::new("a.toml"), &profile, &HostPolicy::default()).unwrap();
    assert_eq!((target.server_count("cslu"), target.server_count("admin")), (2, 0));
    assert_eq!(target.server("cslu", 1).unwrap().1.port, second.address.port());
    assert!(target.server("cslu", 2).is_none() && target.server("admin", 0).is_none());
    let plan = plan("\n  - probe\n", &profile, 1);
    let client = real_run::client(&plan, LIMITS).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(real_run::reach(&plan, &client)).unwrap();
    assert_eq!(second.first_lines(), ["GET / HTTP/1.1"]);
}
