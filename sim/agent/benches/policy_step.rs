//! Single steps of one agent of the policy era in a long life, without cryptography and without
//! codec: the clock runs only while the agent handles one input. Sealing and decoding, which are no
//! part of a step, are measured under their own names.
//!
//! `cargo bench -p muster-agent --bench policy_step`

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use muster_agent::{
    Carrier, Command, Common, Effect, Input, Outbound, Platform, SealedRequest, SmartAgent,
};
use muster_certs::{Seed, SigningMode};
use muster_wire::EntitlementTag;
use muster_wire::reading::AnswerReading;

use policy_server::{
    OK_POLL, START_MS, acknowledgement, answer, authorization, complete, next_sent, sent, trust,
};

mod policy_server;

const HOUR_MS: u64 = 3_600_000;

/// A trusted agent with one licence in use, and what a shard has in common.
struct Load {
    agent: SmartAgent,
    common: Common,
    effects: Vec<Effect>,
    now_ms: u64,
    /// How often something was done that needs a number of its own.
    number: u64,
}

/// How long the steps of one report took.
#[derive(Default)]
struct Cycle {
    change: Duration,
    usage: Duration,
    usage_deferred: Duration,
    poll: Duration,
    poll_deferred: Duration,
    acknowledged: Duration,
}

/// How long the steps for one code took.
#[derive(Default)]
struct Code {
    asked: Duration,
    answered: Duration,
}

impl Load {
    fn new(platform: &str) -> Self {
        let platform = Platform::named(platform).expect("an embedded platform");
        let mode = SigningMode::Placeholder;
        let agent = SmartAgent::with_signing(platform, &Seed::from_u64(1), 0, mode);
        let (common, effects) = (Common::new(0), Vec::new());
        let mut load = Self { agent, common, effects, now_ms: START_MS, number: 0 };
        load.change_use();
        load.trust();
        load
    }

    fn timed(&mut self, input: Input<'_>) -> Duration {
        let (agent, effects) = (&mut self.agent, &mut self.effects);
        let start = Instant::now();
        agent.handle_quietly(self.now_ms, black_box(input), effects, &mut self.common);
        start.elapsed()
    }

    fn command(&mut self, command: Command) -> Duration {
        self.timed(Input::Command(command))
    }

    fn take(&mut self, body: &[u8]) -> Duration {
        let reading = AnswerReading::of(body);
        self.timed(Input::Read { status: 200, reading: &reading })
    }

    fn sealed(&mut self) -> (Box<Outbound>, SealedRequest) {
        let outbound = sent(&mut self.effects);
        let sealed = self.agent.seal(&outbound, &mut self.common);
        (outbound, sealed)
    }

    fn change_use(&mut self) -> Duration {
        self.number += 1;
        let count = if self.number.is_multiple_of(2) { 2 } else { 3 };
        let feature = self.agent.platform().licenses[0].feature.clone();
        self.command(Command::Use { feature, count })
    }

    /// A trust code asked for by ID token, and installed.
    fn trust(&mut self) -> Code {
        let id_token = "bench".to_owned();
        let asked = self.command(Command::TrustIdToken { id_token, force: true });
        let (outbound, sealed) = self.sealed();
        let answered = self.take(&complete(&outbound.nonce(), &trust(&sealed)));
        assert!(self.agent.is_trusted());
        Code { asked, answered }
    }

    /// A report asked for, after time has passed and use has changed; where it stands then.
    fn report(&mut self) -> (Cycle, SealedRequest) {
        let mut cycle = Cycle::default();
        self.now_ms += HOUR_MS;
        cycle.change = self.change_use();
        self.now_ms += HOUR_MS;
        cycle.usage = self.command(Command::Sync);
        let (outbound, sealed) = self.sealed();
        cycle.usage_deferred = self.take(&answer(&outbound.nonce(), OK_POLL));
        (cycle, sealed)
    }

    /// A report from its closing to its acknowledgement, deferred twice.
    fn cycle(&mut self) -> Cycle {
        let (mut cycle, usage) = self.report();
        let poll_now = || Command::PollNow { poll_id: None };
        cycle.poll = self.command(poll_now());
        let (outbound, _) = self.sealed();
        cycle.poll_deferred = self.take(&answer(&outbound.nonce(), OK_POLL));
        self.command(poll_now());
        let (outbound, _) = self.sealed();
        let body = complete(&outbound.nonce(), &acknowledgement(&usage));
        let before = self.agent.acknowledged();
        cycle.acknowledged = self.take(&body);
        assert_eq!(self.agent.acknowledged(), before + 1);
        cycle
    }

    /// An authorization code asked for, installed, and returned again.
    fn authorize(&mut self, feature: &str, tag: &EntitlementTag) -> (Code, Code) {
        let (feature, carrier) = (feature.into(), Carrier::Message);
        self.number += 1;
        let request = Command::RequestAuthorization { feature, count: 1, add: false, carrier };
        let asked = self.command(request);
        let (outbound, sealed) = self.sealed();
        let given = authorization(&sealed, Some(tag), self.number);
        let answered = self.take(&complete(&outbound.nonce(), &given));
        let request = Code { asked, answered };
        // A code over an older one is confirmed.
        if let Some(outbound) = next_sent(&mut self.effects) {
            self.take(&answer(&outbound.nonce(), r#""status":"COMPLETE""#));
        }
        let asked = self.command(Command::ReturnAuthorization { carrier });
        let (outbound, sealed) = self.sealed();
        let taken = authorization(&sealed, None, self.number);
        let answered = self.take(&complete(&outbound.nonce(), &taken));
        (request, Code { asked, answered })
    }
}

/// One step of a longer course, which is played as often as the bench asks.
fn part(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    platform: &str,
    mut play: impl FnMut(&mut Load) -> Duration,
) {
    group.bench_function(name, |b| {
        let mut load = Load::new(platform);
        // Buffers and stores have their size after a few.
        for _ in 0..16 {
            play(&mut load);
        }
        b.iter_custom(|rounds| (0..rounds).map(|_| play(&mut load)).sum());
    });
}

fn steps(c: &mut Criterion) {
    const CONTROLLER: &str = "c9800-l";
    let mut group = c.benchmark_group("policy_step");
    part(&mut group, "timer not due", CONTROLLER, |load| load.timed(Input::TimerDue));
    part(&mut group, "trust asked for", CONTROLLER, |load| load.trust().asked);
    part(&mut group, "trust installed", CONTROLLER, |load| load.trust().answered);
    part(&mut group, "change of use", CONTROLLER, |load| load.cycle().change);
    part(&mut group, "usage asked for", CONTROLLER, |load| load.cycle().usage);
    part(&mut group, "usage deferred", CONTROLLER, |load| load.cycle().usage_deferred);
    part(&mut group, "poll asked for", CONTROLLER, |load| load.cycle().poll);
    part(&mut group, "poll deferred", CONTROLLER, |load| load.cycle().poll_deferred);
    part(&mut group, "usage acknowledged", CONTROLLER, |load| load.cycle().acknowledged);
    group.finish();
}

fn authorization_steps(c: &mut Criterion) {
    const ROUTER: &str = "c8000v";
    let platform = Platform::named(ROUTER).expect("an embedded platform");
    let export = platform.licenses.iter().find(|license| license.is_export_controlled());
    let export = export.expect("the router has an export-controlled licence");
    let (feature, tag) = (&*export.feature, &export.tag);
    let mut group = c.benchmark_group("policy_step");
    let code = |load: &mut Load| load.authorize(feature, tag);
    part(&mut group, "code asked for", ROUTER, |load| code(load).0.asked);
    part(&mut group, "code installed", ROUTER, |load| code(load).0.answered);
    part(&mut group, "code given back", ROUTER, |load| code(load).1.asked);
    part(&mut group, "return confirmed", ROUTER, |load| code(load).1.answered);
    group.finish();
}

/// What is no step of the agent: the codec around it.
fn codec(c: &mut Criterion) {
    const CONTROLLER: &str = "c9800-l";
    let mut group = c.benchmark_group("policy_codec");
    group.bench_function("usage sealed, unsigned", |b| {
        let mut load = Load::new(CONTROLLER);
        load.now_ms += HOUR_MS;
        load.command(Command::Sync);
        let outbound = sent(&mut load.effects);
        b.iter(|| load.agent.seal(black_box(&outbound), &mut load.common));
    });
    group.bench_function("usage encoded", |b| {
        let mut load = Load::new(CONTROLLER);
        load.now_ms += HOUR_MS;
        load.command(Command::Sync);
        let (_, sealed) = load.sealed();
        b.iter(|| black_box(&sealed).request.encode());
    });
    group.bench_function("poll sealed", |b| {
        let mut load = Load::new(CONTROLLER);
        load.report();
        load.command(Command::PollNow { poll_id: None });
        let outbound = sent(&mut load.effects);
        b.iter(|| load.agent.seal(black_box(&outbound), &mut load.common));
    });
    group.bench_function("deferral decoded", |b| {
        let body = answer(&muster_wire::Nonce::new("17"), OK_POLL);
        b.iter(|| AnswerReading::of(black_box(&body)));
    });
    group.bench_function("acknowledgement decoded", |b| {
        let mut load = Load::new(CONTROLLER);
        let (_, usage) = load.report();
        let body = complete(&muster_wire::Nonce::new("17"), &acknowledgement(&usage));
        b.iter(|| AnswerReading::of(black_box(&body)));
    });
    // A file is unwrapped and decoded where it is imported: codec and step together.
    group.bench_function("acknowledgement imported, with decoding", |b| {
        let mut load = Load::new(CONTROLLER);
        let (_, usage) = load.report();
        let file = acknowledgement(&usage).into_bytes();
        b.iter_custom(|rounds| {
            (0..rounds).map(|_| load.command(Command::Import(file.clone()))).sum()
        });
    });
    group.finish();
}

criterion_group!(benches, steps, authorization_steps, codec);
criterion_main!(benches);
