//! Single steps of one registered agent of the classic era, without cryptography: a timer that is
//! not due, a change of use while a request is under way, a renewal asked for, its answer taken.
//! The server's side is made outside the measurement; the codecs are measured on their own.

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use criterion::{Criterion, criterion_group, criterion_main};
use muster_agent::{
    ClassicAgent, ClassicCommand, ClassicEffect, ClassicInput, ClassicOutbound, Common, Platform,
};
use muster_certs::{Authority, AuthorityOptions, Seed, SigningMode, Validity};
use muster_wire::classic::proposed::entitlement::{AuthorizedEntitlement, EntitlementAnswer};
use muster_wire::classic::proposed::registration::RegistrationAnswer;
use muster_wire::classic::{
    AnswerData, AnswerEnvelope, AuthorizationState, ClassicAnswer, ClassicReading, ClassicStatus,
    EnforcementMode, Header, RequestData,
};
use muster_wire::{Extra, ProductInstanceId};

const START_MS: u64 = 1_800_000_000_000;
const ID: &str = "7f3c1c1e-0b0e-4a54-9a55-2b1c0c5c0001";

fn sent(effects: &mut Vec<ClassicEffect>) -> Box<ClassicOutbound> {
    let sent = effects.drain(..).find_map(|effect| match effect {
        ClassicEffect::Send(outbound) => Some(outbound),
        _ => None,
    });
    sent.expect("the step sends a request")
}

fn answer(outbound: &ClassicOutbound, data: &AnswerData) -> Vec<u8> {
    let header = Header {
        response_type: Some(outbound.message_type.clone()),
        product_instance_identifier: Some(ProductInstanceId::new(ID)),
        ..outbound.header.clone()
    };
    let text = ClassicAnswer::new(header, ClassicStatus::Complete, data).encode();
    AnswerEnvelope::new(text, None).encode()
}

fn authorized(outbound: &ClassicOutbound, now_ms: u64) -> Vec<u8> {
    let RequestData::Entitlement(request) = &outbound.asked else {
        panic!("an authorization is asked for")
    };
    let entitlements = request.entitlements.iter().map(|used| AuthorizedEntitlement {
        tag: used.tag.clone(),
        count: used.count,
        enforce_mode: EnforcementMode::InCompliance,
        display_name: None,
        description: None,
        subscription_id: None,
        extra: Extra::new(),
    });
    let data = EntitlementAnswer {
        authorization_state: AuthorizationState::Authorized,
        next_communication: now_ms + 30 * 86_400_000,
        communication_deadline: now_ms + 90 * 86_400_000,
        entitlements: entitlements.collect(),
        extra: Extra::new(),
    };
    answer(outbound, &AnswerData::Entitlement(data))
}

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
        let body = answer(&outbound, &AnswerData::Registration(load.registration()));
        load.take(ClassicInput::Answer { status: 200, body: &body });
        let body = authorized(&sent(&mut load.effects), START_MS);
        load.take(ClassicInput::Answer { status: 200, body: &body });
        assert_eq!(load.agent.view().authorization.state, "authorized");
        load
    }

    fn registration(&self) -> RegistrationAnswer {
        let options = AuthorityOptions::default();
        let authority = Authority::new(&Seed::from_u64(2), &options).expect("the dates fit");
        let spki = self.agent.public_key().to_spki_der();
        let validity = Validity { not_before_ms: 1_800_000_000_000, days: 36_500 };
        let id = authority.instance_certificate_valid("P:X,S:MST0", &spki, 7, validity);
        RegistrationAnswer {
            product_instance_identifier: ProductInstanceId::new(ID),
            smart_account: "Muster Load Test Account".to_owned(),
            virtual_account: "Default".to_owned(),
            id_cert: STANDARD.encode(id.expect("the key is P-256")),
            signing_cert: STANDARD.encode(authority.signing_certificate_der()),
            sub_ca_cert: STANDARD.encode(authority.sub_ca_der()),
            export_control_allowed: false,
            renew_interval: 15_552_000,
            auth_renew_interval: 2_592_000,
            extra: Extra::new(),
        }
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
