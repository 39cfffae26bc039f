//! What a run costs: whole journeys in virtual time against a server in memory, the checks per
//! exchange, and the journal per entry. No sockets, so the numbers are the harness and the server.

use std::hint::black_box;
use std::path::Path;
use std::rc::Rc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use muster_agent::Platform;
use muster_conformance::Judge;
use muster_fleet::log::Log;
use muster_fleet::program::Program;
use muster_fleet::transport::{Call, Received, Reply, Undelivered};
use muster_fleet::virtual_run::{self, Peer};
use muster_fleet::{HostPolicy, Plan, RunSummary, Target};
use muster_journal::{
    Entry, Event, FailureCause, Header, Recorder, Redactor, Sink, TimeMode, Writer,
};
use muster_scenarios::{KnownNames, library, lint};
use muster_server::{ClockSource, Listener, Server, ServerOptions, ServerRequest, Then};

const SEED: u64 = 1;

/// 2026-01-01T00:00:00Z.
const START_MS: u64 = 1_767_225_600_000;

/// The scenario whose journeys are counted: trust, report, poll, acknowledgement.
const SCENARIO: &str = "demo/first-report";

const PROFILE: &str = r#"
name = "memory"
[endpoints]
cslu = "https://127.0.0.1/cslu/v1/pi/Default-1"
"#;

/// The server, asked directly.
struct MemoryPeer(Server);

impl Peer for MemoryPeer {
    fn exchange(&mut self, call: &Call) -> Reply {
        let request = ServerRequest {
            method: &call.method,
            path_and_query: &call.url.path,
            headers: &call.headers,
            body: &call.body,
        };
        let answer = self.0.answer(Listener::ProductHttps, request);
        let result = match answer.then {
            Then::Answer => {
                Ok(Received { status: answer.status, headers: answer.headers, body: answer.body })
            }
            _ => Err(Undelivered {
                cause: FailureCause::Closed,
                detail: "no answer in memory".to_owned(),
            }),
        };
        Reply { result, tls: None, elapsed_us: 0 }
    }

    fn set_clock(&mut self, now_ms: u64) {
        self.0.set_clock_ms(now_ms);
    }
}

fn peer() -> MemoryPeer {
    let options = ServerOptions { seed: SEED, ..ServerOptions::default() };
    let clock = ClockSource::Manual { start_ms: START_MS };
    MemoryPeer(Server::new(options, clock).expect("the default options are valid"))
}

fn plan(scale: u32) -> Plan {
    let entry = library().iter().find(|entry| entry.id == SCENARIO).expect("in the library");
    let platforms = Platform::all().iter().map(|platform| platform.name.to_string()).collect();
    let known = KnownNames { platforms, ..KnownNames::common() };
    let scenario = lint(entry.file, entry.text, &known).expect("the library has no mistakes");
    let target = Target::from_toml(Path::new("memory"), PROFILE, &HostPolicy::default());
    let target = Rc::new(target.expect("the profile is valid"));
    let scenarios = vec![Rc::new(Program::new(scenario))];
    Plan { scale: Some(scale), seed: SEED, ..Plan::of(target, scenarios) }
}

fn play(plan: &Plan, peer: &mut MemoryPeer, sink: &mut dyn Sink) -> RunSummary {
    let mut log = Log::new(vec![sink]);
    let summary = virtual_run::run(plan, START_MS, peer, &mut log, &|| false);
    summary.expect("the library's platforms exist")
}

fn recorded(scale: u32) -> (Header, Vec<Entry>) {
    let plan = plan(scale);
    let mut recorder = Recorder::new();
    play(&plan, &mut peer(), &mut recorder);
    (plan.header(TimeMode::Virtual, START_MS, "bench"), recorder.into_entries())
}

/// Takes entries and keeps none.
struct Discard;

impl Sink for Discard {
    fn record(&mut self, entry: &Entry) {
        black_box(entry);
    }
}

fn journeys(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("first_report");
    // One run of a hundred replicas takes long enough to need no more.
    group.sample_size(10);
    for scale in [10_u32, 100] {
        let plan = plan(scale);
        let summary = play(&plan, &mut peer(), &mut Discard);
        assert_eq!(summary.completed, scale, "{summary:?}");
        assert!(summary.acknowledged >= u64::from(scale), "{summary:?}");
        group.throughput(Throughput::Elements(scale.into()));
        group.bench_function(format!("{scale}_replicas"), |bencher| {
            let run = |mut peer| play(&plan, &mut peer, &mut Discard);
            bencher.iter_batched(peer, run, BatchSize::PerIteration);
        });
    }
    group.finish();
}

fn judging(criterion: &mut Criterion) {
    let (_, entries) = recorded(20);
    let exchanges = entries.iter().filter(|entry| matches!(entry.event, Event::Exchange(_)));
    let mut group = criterion.benchmark_group("judge");
    group.throughput(Throughput::Elements(exchanges.count() as u64));
    group.bench_function("exchanges", |bencher| {
        bencher.iter(|| {
            let mut judge = Judge::new();
            entries.iter().for_each(|entry| judge.record(entry));
            judge
        });
    });
    group.finish();
}

fn writing(criterion: &mut Criterion) {
    let (header, entries) = recorded(20);
    let mut group = criterion.benchmark_group("journal");
    group.throughput(Throughput::Elements(entries.len() as u64));
    group.bench_function("entries_written", |bencher| {
        bencher.iter(|| {
            let redactor = Redactor::new(Vec::<String>::new());
            let writer = Writer::new(Vec::new(), &header, redactor);
            let mut writer = writer.expect("a vector takes all bytes");
            entries.iter().for_each(|entry| writer.record(entry));
            writer.finish().expect("a vector takes all bytes")
        });
    });
    group.finish();
}

criterion_group!(benches, journeys, judging, writing);
criterion_main!(benches);
