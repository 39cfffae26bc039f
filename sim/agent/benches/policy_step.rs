//! Single steps of one trusted agent of the policy era, without cryptography: a timer that is not
//! due, a change of use, usage asked for, a poll asked for, its deferral taken. The server's side
//! is made outside the measurement; the codecs are measured on their own.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use muster_agent::{Command, Common, Effect, Input, Outbound, Platform, SmartAgent};
use muster_certs::{Seed, SigningMode};
use muster_wire::artefact::to_smart_license;
use muster_wire::reading::AnswerReading;
use muster_wire::transport::smart::SmartRequest;

const START_MS: u64 = 1_800_000_000_000;

fn sent(effects: &mut Vec<Effect>) -> Box<Outbound> {
    let sent = effects.drain(..).find_map(|effect| match effect {
        Effect::Send(outbound) => Some(outbound),
        _ => None,
    });
    sent.expect("the step sends a request")
}

fn answer(request: &SmartRequest, line: &str) -> Vec<u8> {
    let nonce = &request.sender_info.nonce;
    format!(
        r#"{{"sender_info":{{"connect_info":{{"name":"SSM","version":"1.3"}},
            "timestamp":{START_MS},"nonce":"{nonce}","sudi":{{}},"software_tag_identifier":""}},
            "status":"COMPLETE","license_data":[{{"request_line_id":1,{line}}}]}}"#
    )
    .into_bytes()
}

/// A trusted agent with one licence in use, and what a shard has in common.
struct Load {
    agent: SmartAgent,
    common: Common,
    effects: Vec<Effect>,
    now_ms: u64,
}

impl Load {
    fn new() -> Self {
        let platform = Platform::named("c9800-l").expect("an embedded platform");
        let mode = SigningMode::Placeholder;
        let agent = SmartAgent::with_signing(platform, &Seed::from_u64(1), 0, mode);
        let (common, effects) = (Common::new(0), Vec::new());
        let mut load = Self { agent, common, effects, now_ms: START_MS };
        load.use_licenses(2);
        load.command(Command::TrustIdToken { id_token: "bench".to_owned(), force: false });
        let request = sent(&mut load.effects).request;
        let udi = &load.agent.identity().udi;
        let xml = format!(
            "<smartLicenseTrust><trustCode><udi>{udi}</udi><dateStamp>2027-01-15T08:00:00\
             </dateStamp><trustId>1</trustId><status><success>true</success></status></trustCode>\
             <signature/></smartLicenseTrust>"
        );
        let text = to_smart_license(&xml);
        let line = format!(r#""status":"COMPLETE","smart_license":"{text}""#);
        load.take(&answer(&request, &line));
        assert!(load.agent.is_trusted());
        load
    }

    fn use_licenses(&mut self, count: u32) {
        let feature = self.agent.platform().licenses[0].feature.clone();
        self.command(Command::Use { feature, count });
    }

    fn command(&mut self, command: Command) {
        let (agent, effects) = (&mut self.agent, &mut self.effects);
        agent.handle_quietly(self.now_ms, Input::Command(command), effects, &mut self.common);
    }

    fn timed(&mut self, input: Input<'_>) -> Duration {
        let (agent, effects) = (&mut self.agent, &mut self.effects);
        let start = Instant::now();
        agent.handle_quietly(self.now_ms, black_box(input), effects, &mut self.common);
        start.elapsed()
    }

    fn take(&mut self, body: &[u8]) -> Duration {
        let reading = AnswerReading::of(body);
        self.timed(Input::Read { status: 200, reading: &reading })
    }

    /// A deferral that is polled for, and deferred again: how long asking took, and how long
    /// taking the answer.
    fn poll(&mut self) -> (Duration, Duration) {
        let asking = self.timed(Input::Command(Command::PollNow { poll_id: None }));
        let request = sent(&mut self.effects).request;
        let deferred = answer(&request, OK_POLL);
        (asking, self.take(&deferred))
    }
}

const OK_POLL: &str = r#""status":"OK_POLL","poll_id":77,"poll_interval":86400"#;

fn steps(c: &mut Criterion) {
    let mut group = c.benchmark_group("policy_step");
    group.bench_function("timer not due", |b| {
        let mut load = Load::new();
        b.iter(|| load.timed(Input::TimerDue));
    });
    group.bench_function("change of use", |b| {
        let mut load = Load::new();
        let mut count = 1;
        b.iter(|| {
            count ^= 3;
            load.use_licenses(count);
        });
    });
    let deferred = || {
        let mut load = Load::new();
        load.command(Command::Sync);
        let request = sent(&mut load.effects).request;
        load.take(&answer(&request, OK_POLL));
        load
    };
    // The report is closed and written within the step; only its signature is a placeholder.
    group.bench_function("usage asked for", |b| {
        b.iter_custom(|rounds| {
            let one = |_| {
                let mut load = Load::new();
                let asking = load.timed(Input::Command(Command::Sync));
                drop(sent(&mut load.effects));
                asking
            };
            (0..rounds).map(one).sum()
        });
    });
    group.bench_function("poll asked for", |b| {
        let mut load = deferred();
        b.iter_custom(|rounds| (0..rounds).map(|_| load.poll().0).sum());
    });
    group.bench_function("poll deferred", |b| {
        let mut load = deferred();
        b.iter_custom(|rounds| (0..rounds).map(|_| load.poll().1).sum());
    });
    // What is no step of the agent: the codec around it.
    group.bench_function("decoding", |b| {
        let mut load = Load::new();
        load.command(Command::Sync);
        let body = answer(&sent(&mut load.effects).request, OK_POLL);
        b.iter(|| AnswerReading::of(black_box(&body)));
    });
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
