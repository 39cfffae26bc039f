//! One full cycle of one agent: close two reports, sign them, send, take `OK_POLL`, poll, take the
//! acknowledgement. The server's side is templated text, so that the agent is what is measured.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use muster_agent::{Command, Common, Effect, Input, Outbound, Platform, SealedRequest, SmartAgent};
use muster_certs::{Seed, SigningMode};
use muster_wire::Nonce;
use muster_wire::reading::AnswerReading;

use policy_server::{OK_POLL, START_MS, acknowledgement, answer, complete, sent, trust};

#[expect(dead_code, reason = "other benches ask for more")]
mod policy_server;

fn trusted(mode: SigningMode, licenses: usize) -> SmartAgent {
    let platform = Platform::named("c9800-l").expect("an embedded platform");
    let mut agent = SmartAgent::with_signing(platform, &Seed::from_u64(1), 0, mode);
    let mut effects = Vec::new();
    for license in &platform.licenses[..licenses] {
        let command = Command::Use { feature: license.feature.clone(), count: 2 };
        agent.handle(START_MS, Input::Command(command), &mut effects);
    }
    let token = Command::TrustIdToken { id_token: "bench".to_owned(), force: false };
    agent.handle(START_MS, Input::Command(token), &mut effects);
    let (outbound, sealed) = sealed(&mut agent, &mut effects);
    let body = complete(&outbound.nonce(), &trust(&sealed));
    agent.handle(START_MS, Input::Answer { status: 200, body: &body }, &mut effects);
    assert!(agent.view().trusted, "{:?}", agent.view().last_failure_reason);
    agent
}

fn sealed(agent: &mut SmartAgent, effects: &mut Vec<Effect>) -> (Box<Outbound>, SealedRequest) {
    let outbound = sent(effects);
    let sealed = agent.seal(&outbound, &mut Common::default());
    (outbound, sealed)
}

/// One cycle; the acknowledgement is made outside the agent but inside the measurement.
fn cycle(agent: &mut SmartAgent, now_ms: u64, effects: &mut Vec<Effect>) {
    agent.handle(now_ms, Input::Command(Command::Sync), effects);
    let (outbound, usage) = sealed(agent, effects);
    let body = answer(&outbound.nonce(), OK_POLL);
    agent.handle(now_ms, Input::Answer { status: 200, body: &body }, effects);
    agent.handle(now_ms, Input::Command(Command::PollNow { poll_id: None }), effects);
    let (outbound, _) = sealed(agent, effects);
    let body = complete(&outbound.nonce(), &acknowledgement(&usage));
    agent.handle(now_ms, Input::Answer { status: 200, body: &body }, effects);
    effects.clear();
}

/// One step of load: what the instance's side takes, and nothing of the server's.
struct Load {
    now_ms: u64,
    effects: Vec<Effect>,
    common: Common,
    took: Duration,
}

impl Load {
    fn step(&mut self, agent: &mut SmartAgent) {
        self.now_ms += 3_600_000;
        let (nonce, usage) = self.send(agent, Input::Command(Command::Sync));
        let body = answer(&nonce, OK_POLL);
        self.take(agent, &body);
        let (nonce, _) = self.send(agent, Input::Command(Command::PollNow { poll_id: None }));
        let body = complete(&nonce, &acknowledgement(&usage));
        self.take(agent, &body);
    }

    fn send(&mut self, agent: &mut SmartAgent, input: Input<'_>) -> (Nonce, SealedRequest) {
        let start = Instant::now();
        agent.handle_quietly(self.now_ms, input, &mut self.effects, &mut self.common);
        let outbound = sent(&mut self.effects);
        let sealed = agent.seal(&outbound, &mut self.common);
        black_box(sealed.request.encode());
        self.took += start.elapsed();
        (outbound.nonce(), sealed)
    }

    fn take(&mut self, agent: &mut SmartAgent, body: &[u8]) {
        let start = Instant::now();
        let reading = AnswerReading::of(body);
        let input = Input::Read { status: 200, reading: &reading };
        agent.handle_quietly(self.now_ms, input, &mut self.effects, &mut self.common);
        self.took += start.elapsed();
    }
}

const MODES: [(&str, SigningMode); 3] = [
    ("fast", SigningMode::Fast),
    ("deterministic", SigningMode::Deterministic),
    ("unsigned", SigningMode::Placeholder),
];

fn report_and_poll(c: &mut Criterion) {
    let mut group = c.benchmark_group("agent_step");
    group.throughput(Throughput::Elements(2));
    for (name, mode) in MODES {
        group.bench_function(format!("report_and_poll/{name}"), |b| {
            let mut agent = trusted(mode, 2);
            let (mut now_ms, mut effects) = (START_MS, Vec::new());
            b.iter(|| {
                now_ms += 3_600_000;
                cycle(black_box(&mut agent), now_ms, &mut effects);
            });
            assert!(agent.view().acknowledged > 0);
        });
    }
    group.finish();
}

/// What one step of load costs the instance's side and nothing else: a usage request of one report
/// built and encoded, its deferral decoded and taken, the poll built and encoded, and its
/// acknowledgement decoded and taken. The clock stands still while the server answers.
fn one_report(c: &mut Criterion) {
    let mut group = c.benchmark_group("one_report");
    for (name, mode, keys) in [
        ("unsigned", SigningMode::Placeholder, 0),
        ("fast", SigningMode::Fast, 0),
        ("fast, key loaded", SigningMode::Fast, 1),
        ("deterministic", SigningMode::Deterministic, 0),
    ] {
        group.bench_function(name, |b| {
            let mut agent = trusted(mode, 1);
            let (effects, common) = (Vec::new(), Common::new(keys));
            let mut load = Load { now_ms: START_MS, effects, common, took: Duration::ZERO };
            b.iter_custom(|steps| {
                load.took = Duration::ZERO;
                for _ in 0..steps {
                    load.step(black_box(&mut agent));
                }
                load.took
            });
            assert!(agent.acknowledged() > 0);
        });
    }
    group.finish();
}

criterion_group!(benches, report_and_poll, one_report);
criterion_main!(benches);
