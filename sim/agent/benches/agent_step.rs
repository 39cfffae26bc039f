//! One full cycle of one agent: close two reports, sign them, send, take `OK_POLL`, poll, take the
//! acknowledgement. The server's side is templated text, so that the agent is what is measured.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use muster_agent::{Command, Common, Effect, Input, Outbound, Platform, SmartAgent};
use muster_certs::{Seed, SigningMode};
use muster_wire::Artefact;
use muster_wire::artefact::to_smart_license;
use muster_wire::reading::AnswerReading;
use muster_wire::transport::smart::SmartRequest;

const START_MS: u64 = 1_800_000_000_000;
const TRUST_STAMP: &str = "2027-01-15T08:00:00";

fn sent(effects: &mut Vec<Effect>) -> Box<Outbound> {
    let sent = effects.drain(..).find_map(|effect| match effect {
        Effect::Send(outbound) => Some(outbound),
        _ => None,
    });
    sent.expect("every step of the cycle sends a request")
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

fn complete(request: &SmartRequest, xml: &str) -> Vec<u8> {
    let text = to_smart_license(xml);
    answer(request, &format!(r#""status":"COMPLETE","smart_license":"{text}""#))
}

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
    let request = sent(&mut effects).request;
    let udi = &agent.identity().udi;
    let xml = format!(
        "<smartLicenseTrust><trustCode><udi>{udi}</udi><dateStamp>{TRUST_STAMP}</dateStamp>\
         <trustId>1</trustId><status><success>true</success></status></trustCode>\
         <signature/></smartLicenseTrust>"
    );
    let body = complete(&request, &xml);
    agent.handle(START_MS, Input::Answer { status: 200, body: &body }, &mut effects);
    assert!(agent.view().trusted, "{:?}", agent.view().last_failure_reason);
    agent
}

fn acknowledgement(usage: &SmartRequest) -> String {
    let text = usage.license_data[0].smart_license.as_deref().expect("usage has an artefact");
    let Ok(Artefact::Usage(file)) = Artefact::from_smart_license(text) else {
        panic!("usage has a usage file")
    };
    let acks: Vec<String> = file
        .reports
        .iter()
        .map(|report| {
            let payload = report.payload().expect("the agent writes payloads that read");
            let id = payload.report_id().expect("a report has an id");
            let tag = payload.meta.entitlement_tag.expect("a report has a tag");
            format!(r#"{{"report_id":{id},"entitlement_tag":"{tag}","status":"ACKED"}}"#)
        })
        .collect();
    let (acks, sudi) = (acks.join(","), &usage.sender_info.sudi);
    let (pid, serial) = (&sudi.udi_pid, &sudi.udi_serial_number);
    let sudi = format!(r#"{{"udi_pid":"{pid}","udi_serial_number":"{serial}"}}"#);
    format!(
        r#"<smartLicense><smartLicenseRumAck><data>{{"version":"2.0","timestamp":0,"nonce":"0",
            "sudi":{sudi},"acks":[{acks}]}}</data></smartLicenseRumAck></smartLicense>"#
    )
}

/// One cycle; the acknowledgement is made outside the agent but inside the measurement.
fn cycle(agent: &mut SmartAgent, now_ms: u64, effects: &mut Vec<Effect>) {
    agent.handle(now_ms, Input::Command(Command::Sync), effects);
    let usage = sent(effects).request;
    let body = answer(&usage, r#""status":"OK_POLL","poll_id":77,"poll_interval":86400"#);
    agent.handle(now_ms, Input::Answer { status: 200, body: &body }, effects);
    agent.handle(now_ms, Input::Command(Command::PollNow { poll_id: None }), effects);
    let poll = sent(effects).request;
    let body = complete(&poll, &acknowledgement(&usage));
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
        let usage = self.send(agent, Input::Command(Command::Sync));
        let body = answer(&usage, r#""status":"OK_POLL","poll_id":77,"poll_interval":86400"#);
        self.take(agent, &body);
        let poll = self.send(agent, Input::Command(Command::PollNow { poll_id: None }));
        let body = complete(&poll, &acknowledgement(&usage));
        self.take(agent, &body);
    }

    fn send(&mut self, agent: &mut SmartAgent, input: Input<'_>) -> SmartRequest {
        let start = Instant::now();
        agent.handle_quietly(self.now_ms, input, &mut self.effects, &mut self.common);
        let outbound = sent(&mut self.effects);
        black_box(outbound.request.encode());
        self.took += start.elapsed();
        outbound.request
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
