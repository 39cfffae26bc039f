//! Single steps of one registered agent of the classic era: a timer that is not due, a change of
//! use while a request is under way, a registration and a renewal asked for, their answers taken.
//! The server's side is made outside the measurement; the codecs are measured on their own.
//!
//! `cargo bench -p muster-agent --bench classic_step`

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use muster_agent::{ClassicAgent, ClassicCommand, ClassicEffect, ClassicInput, Common, Platform};
use muster_certs::{Authority, Seed, SigningMode};
use muster_wire::classic::{AnswerData, ClassicReading};

use classic_server::{answer, authority, authorized, registration, sent};

mod classic_server;

const START_MS: u64 = 1_800_000_000_000;

/// A registered agent with one licence in use, and what a shard has in common.
struct Load {
    agent: ClassicAgent,
    authority: Authority,
    common: Common,
    effects: Vec<ClassicEffect>,
    now_ms: u64,
}

impl Load {
    fn new() -> Self {
        let platform = Platform::named("csr1000v").expect("an embedded platform");
        let (seed, mode) = (Seed::from_u64(1), SigningMode::Placeholder);
        let agent = ClassicAgent::with_signing(platform, &seed, 0, mode);
        let (authority, common, effects) = (authority(), Common::new(0), Vec::new());
        let mut load = Self { agent, authority, common, effects, now_ms: START_MS };
        load.command(ClassicCommand::Use { feature: "prem_250M".into(), count: 1 });
        load.register(false);
        assert_eq!(load.agent.view().authorization.state, "authorized");
        load
    }

    /// A registration: how long asking took, and how long taking the answer.
    fn register(&mut self, force: bool) -> (Duration, Duration) {
        let command = ClassicCommand::Register { id_token: "bench".to_owned(), force };
        let asking = self.timed(ClassicInput::Command(command));
        let outbound = sent(&mut self.effects);
        let registration = registration(&self.authority, &self.agent);
        let body =
            answer(&outbound, self.agent.platform(), &AnswerData::Registration(registration));
        let reading = ClassicReading::of(&body);
        let taking = self.timed(ClassicInput::Read { status: 200, reading: &reading });
        let body = authorized(&sent(&mut self.effects), self.agent.platform(), self.now_ms);
        self.take(ClassicInput::Answer { status: 200, body: &body });
        (asking, taking)
    }

    fn timed(&mut self, input: ClassicInput<'_>) -> Duration {
        let start = Instant::now();
        self.take(black_box(input));
        start.elapsed()
    }

    fn command(&mut self, command: ClassicCommand) {
        self.take(ClassicInput::Command(command));
    }

    fn take(&mut self, input: ClassicInput<'_>) {
        let (agent, effects) = (&mut self.agent, &mut self.effects);
        agent.handle_quietly(self.now_ms, input, effects, &mut self.common);
    }

    /// A renewal: how long asking took, and how long taking the answer.
    fn renew(&mut self) -> (Duration, Duration) {
        let asking = self.timed(ClassicInput::Command(ClassicCommand::RenewAuthorization));
        let body = authorized(&sent(&mut self.effects), self.agent.platform(), self.now_ms);
        let reading = ClassicReading::of(&body);
        (asking, self.timed(ClassicInput::Read { status: 200, reading: &reading }))
    }
}

fn steps(c: &mut Criterion) {
    let mut group = c.benchmark_group("classic_step");
    group.bench_function("timer not due", |b| {
        let mut load = Load::new();
        b.iter(|| load.take(black_box(ClassicInput::TimerDue)));
    });
    group.bench_function("change of use", |b| {
        let mut load = Load::new();
        load.command(ClassicCommand::RenewAuthorization);
        let mut count = 1;
        b.iter(|| {
            count ^= 3;
            load.command(ClassicCommand::Use { feature: "prem_250M".into(), count });
        });
    });
    // With a certificate request, which is cryptography: a key is computed for it.
    group.bench_function("registration asked for, with its certificate request", |b| {
        let mut load = Load::new();
        b.iter_custom(|rounds| (0..rounds).map(|_| load.register(true).0).sum());
    });
    // With the certificates that come with it, which are read and compared with the key.
    group.bench_function("registration answered, with its certificates", |b| {
        let mut load = Load::new();
        b.iter_custom(|rounds| (0..rounds).map(|_| load.register(true).1).sum());
    });
    group.bench_function("renewal asked for", |b| {
        let mut load = Load::new();
        b.iter_custom(|rounds| (0..rounds).map(|_| load.renew().0).sum());
    });
    group.bench_function("renewal answered", |b| {
        let mut load = Load::new();
        b.iter_custom(|rounds| (0..rounds).map(|_| load.renew().1).sum());
    });
    // What is no step of the agent: the codecs around it.
    group.bench_function("sealing, unsigned", |b| {
        let mut load = Load::new();
        load.command(ClassicCommand::RenewAuthorization);
        let outbound = sent(&mut load.effects);
        b.iter(|| load.agent.seal(black_box(&outbound), &mut load.common));
    });
    group.bench_function("decoding", |b| {
        let mut load = Load::new();
        load.command(ClassicCommand::RenewAuthorization);
        let body = authorized(&sent(&mut load.effects), load.agent.platform(), START_MS);
        b.iter(|| ClassicReading::of(black_box(&body)));
    });
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
