//! Single steps of one registered agent of the classic era, without cryptography: a timer that is
//! not due, a change of use while a request is under way, a renewal asked for, its answer taken.
//! The server's side is made outside the measurement; the codecs are measured on their own.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use muster_agent::{ClassicAgent, ClassicCommand, ClassicEffect, ClassicInput, Common, Platform};
use muster_certs::{Seed, SigningMode};
use muster_wire::classic::{AnswerData, ClassicReading};

use classic_server::{answer, authority, authorized, registration, sent};

mod classic_server;

const START_MS: u64 = 1_800_000_000_000;

/// A registered agent with one licence in use, and what a shard has in common.
struct Load {
    agent: ClassicAgent,
    common: Common,
    effects: Vec<ClassicEffect>,
    now_ms: u64,
}

impl Load {
    fn new() -> Self {
        let platform = Platform::named("csr1000v").expect("an embedded platform");
        let (seed, mode) = (Seed::from_u64(1), SigningMode::Placeholder);
        let agent = ClassicAgent::with_signing(platform, &seed, 0, mode);
        let (common, effects) = (Common::new(0), Vec::new());
        let mut load = Self { agent, common, effects, now_ms: START_MS };
        load.command(ClassicCommand::Use { feature: "prem_250M".into(), count: 1 });
        load.command(ClassicCommand::Register { id_token: "bench".to_owned(), force: false });
        let outbound = sent(&mut load.effects);
        let registration = registration(&authority(), &load.agent);
        let body = answer(&outbound, &AnswerData::Registration(registration));
        load.take(ClassicInput::Answer { status: 200, body: &body });
        let body = authorized(&sent(&mut load.effects), START_MS);
        load.take(ClassicInput::Answer { status: 200, body: &body });
        assert_eq!(load.agent.view().authorization.state, "authorized");
        load
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
        let start = Instant::now();
        self.command(black_box(ClassicCommand::RenewAuthorization));
        let asking = start.elapsed();
        let body = authorized(&sent(&mut self.effects), self.now_ms);
        let reading = ClassicReading::of(&body);
        let start = Instant::now();
        self.take(ClassicInput::Read { status: 200, reading: black_box(&reading) });
        (asking, start.elapsed())
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
        let body = authorized(&sent(&mut load.effects), START_MS);
        b.iter(|| ClassicReading::of(black_box(&body)));
    });
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
