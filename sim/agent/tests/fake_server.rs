//! A server as this test reads the documents, and a bench that plays an agent against it.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use muster_agent::{
    AgentView, Command, Common, Effect, Input, Outbound, Platform, SealedRequest, SmartAgent,
    TransportFailure,
};
use muster_certs::{PublicKey, Seed};
use muster_wire::artefact::to_smart_license;
use muster_wire::proposed::acknowledgement::{
    AcknowledgedReport, Acknowledgement, AcknowledgementData,
};
use muster_wire::proposed::policy::Policy;
use muster_wire::proposed::slac::AuthorizationAnswer;
use muster_wire::proposed::trust_request::TrustRequest;
use muster_wire::rum_report::RumReport;
use muster_wire::transport::smart::{ConnectInfo, SenderInfo, SmartRequest};
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::trust::{CustomerInfo, TrustAnswer, TrustCode, TrustStatus};
use muster_wire::{
    AnswerStatus, Artefact, Extra, LineStatus, PollId, ProductInstanceId, RequestType, TrustId,
};

use crate::pull_account::CodeAccount;

pub(crate) const START_MS: u64 = 1_800_000_000_000;
pub(crate) const DAY_MS: u64 = 86_400_000;
pub(crate) const HOUR_MS: u64 = 3_600_000;
pub(crate) const SECOND_MS: u64 = 1000;

/// What the server knows of the one agent it serves.
#[derive(Default)]
pub(crate) struct FakeServer {
    pub(crate) last_trust_id: u64,
    /// Trust ids it answered with success.
    pub(crate) accepted: BTreeSet<u64>,
    /// Trust id the latest report was signed under.
    pub(crate) signed_under: u64,
    pub(crate) key: Option<PublicKey>,
    /// Report id to the exact payload.
    pub(crate) received: BTreeMap<u64, String>,
    pub(crate) deliveries: usize,
    pub(crate) issued: BTreeSet<u64>,
    pub(crate) waiting: BTreeMap<u64, Artefact>,
    pub(crate) policy: Option<Policy>,
    pub(crate) codes: CodeAccount,
    /// Answers `OK_POLL` to a poll this many times before the result is there.
    pub(crate) still_running: u32,
    next_poll: u64,
}

impl FakeServer {
    pub(crate) fn answer(&mut self, now_ms: u64, request: &SmartRequest) -> SmartAnswer {
        assert_eq!(request.sender_info.connect_info.name, "C_agent");
        assert_eq!(request.license_data.len(), 1);
        let line = &request.license_data[0];
        let mut answer = match line.request_type.as_ref().unwrap() {
            RequestType::IdTokenTrust => {
                let trust = self.trust(now_ms, line.smart_license.as_deref(), true);
                complete(&Artefact::Trust(Box::new(trust)))
            }
            RequestType::TrustSync => {
                let trust = self.trust(now_ms, line.smart_license.as_deref(), false);
                self.defer(Artefact::Trust(Box::new(trust)))
            }
            RequestType::LicenseUsage => {
                let ack = self.usage(now_ms, request);
                self.defer(Artefact::Acknowledgement(Box::new(ack)))
            }
            RequestType::Poll => self.poll(line.poll_id.unwrap()),
            RequestType::AuthRequest | RequestType::AuthReturn => {
                let answer = self.authorization(line.smart_license.as_deref());
                self.defer(Artefact::Authorization(Box::new(answer)))
            }
            RequestType::AuthConfirm => {
                self.authorization(line.smart_license.as_deref());
                AnswerLine::new(LineStatus::Complete, 1)
            }
            other => panic!("{other}"),
        };
        answer.sudi = Some(request.sender_info.sudi.clone());
        SmartAnswer {
            sender_info: Some(SenderInfo {
                connect_info: ConnectInfo {
                    name: "CSLU_V1".into(),
                    version: "v1".into(),
                    production: true,
                    additional_info: "".into(),
                    capabilities: ["UTILITY"].into_iter().collect(),
                    extra: Extra::new(),
                },
                timestamp: now_ms,
                ..request.sender_info.clone()
            }),
            status: AnswerStatus::Complete,
            message_code: None,
            message: None,
            nonce: None,
            license_data: vec![answer],
            extra: Extra::new(),
        }
    }

    fn trust(&mut self, now_ms: u64, artefact: Option<&str>, with_token: bool) -> TrustAnswer {
        let Ok(Artefact::TrustRequest(request)) = Artefact::from_smart_license(artefact.unwrap())
        else {
            panic!("not a trust request")
        };
        assert_eq!(request.entries[0].id_token.is_some(), with_token);
        self.trust_answer(now_ms, &request)
    }

    pub(crate) fn trust_answer(&mut self, now_ms: u64, request: &TrustRequest) -> TrustAnswer {
        let entry = &request.entries[0];
        let key = PublicKey::from_spki_base64(&entry.public_key).unwrap();
        let signature = STANDARD.decode(&request.signature).unwrap();
        assert!(key.verify(request.signed.as_bytes(), &signature), "no proof of possession");
        let fresh = entry.trust_id.0 > self.last_trust_id;
        if fresh {
            self.last_trust_id = entry.trust_id.0;
            self.accepted.insert(entry.trust_id.0);
            self.key = Some(key);
        }
        TrustAnswer::new(trust_code(entry, now_ms, fresh), |_| String::new())
    }

    fn usage(&mut self, now_ms: u64, request: &SmartRequest) -> Acknowledgement {
        let text = request.license_data[0].smart_license.as_deref().unwrap();
        let Ok(Artefact::Usage(file)) = Artefact::from_smart_license(text) else {
            panic!("not a usage file")
        };
        assert!(!file.reports.is_empty());
        self.deliveries += 1;
        let acks = file.reports.iter().map(|report| self.take(report)).collect();
        let sender = &request.sender_info;
        let data = AcknowledgementData {
            version: "2.0".to_owned(),
            timestamp: now_ms,
            nonce: sender.nonce.clone(),
            sudi: sender.sudi.clone(),
            product_instance_identifier: sender.product_instance_identifier.clone(),
            acks,
            next_report_due: 0,
            extra: Extra::new(),
        };
        let policies = self.policy.take().into_iter().collect();
        Acknowledgement::new(data, policies, |_| String::new())
    }

    fn take(&mut self, report: &RumReport) -> AcknowledgedReport {
        let payload = report.payload().unwrap();
        let signature = STANDARD.decode(&report.signature.value).unwrap();
        let key = self.key.as_ref().expect("usage before trust");
        assert!(key.verify(report.payload.as_bytes(), &signature), "the payload was changed");
        self.signed_under = report.signature.key.parse().unwrap();
        assert!(self.accepted.contains(&self.signed_under), "not a trust id of this instance");
        for pair in payload.measurements.windows(2) {
            assert_eq!(pair[0].end_time, pair[1].start_time, "measurements have a gap");
        }
        for measurement in &payload.measurements {
            let length = measurement.end_time - measurement.start_time;
            assert_eq!(measurement.sample_interval, length);
        }
        let report_id = payload.report_id().unwrap();
        let before = self.received.insert(report_id.0, report.payload.clone());
        assert!(before.is_none_or(|before| before == report.payload), "a closed report changed");
        AcknowledgedReport {
            report_id,
            entitlement_tag: payload.meta.entitlement_tag.clone().unwrap(),
            status: AcknowledgedReport::ACKED.to_owned(),
            message: String::new(),
        }
    }

    fn authorization(&mut self, artefact: Option<&str>) -> AuthorizationAnswer {
        let Ok(Artefact::AuthorizationRequest(request)) =
            Artefact::from_smart_license(artefact.unwrap())
        else {
            panic!("not an authorization request")
        };
        self.codes.answer(&request)
    }

    fn defer(&mut self, artefact: Artefact) -> AnswerLine {
        self.next_poll += 1;
        let id = 5_000_000_000_000_000_000 + self.next_poll;
        self.waiting.insert(id, artefact);
        self.ok_poll(id)
    }

    fn ok_poll(&mut self, id: u64) -> AnswerLine {
        self.issued.insert(id);
        let mut line = AnswerLine::new(LineStatus::OkPoll, 1);
        (line.poll_id, line.poll_interval) = (Some(PollId(id)), Some(86_400 + id % 100));
        line
    }

    fn poll(&mut self, id: PollId) -> AnswerLine {
        assert!(self.issued.contains(&id.0), "poll id {id} was never issued");
        if self.still_running > 0 {
            self.still_running -= 1;
            return self.ok_poll(id.0);
        }
        complete(&self.waiting[&id.0])
    }
}

fn trust_code(
    entry: &muster_wire::proposed::trust_request::TrustRequestEntry,
    now_ms: u64,
    fresh: bool,
) -> TrustCode {
    let stamp = Timestamp::from_millisecond(i64::try_from(now_ms).unwrap()).unwrap();
    let stamp = stamp.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    TrustCode {
        udi: entry.sudi.udi().to_string(),
        customer: fresh.then(|| CustomerInfo {
            smart_account: "Muster Test SA".to_owned(),
            virtual_account: "Default".to_owned(),
        }),
        product_instance_identifier: fresh
            .then(|| ProductInstanceId::new("00000000-0000-4000-8000-000000000001")),
        date_stamp: fresh.then_some(stamp),
        id_certificate: None,
        sub_ca: None,
        trust_id: fresh.then_some(TrustId(entry.trust_id.0)),
        status: TrustStatus {
            success: fresh,
            message: (!fresh).then(|| "a higher id was processed".to_owned()),
            code: (!fresh).then(|| "OLD_TRUST_ID".to_owned()),
            correlation_id: Some("null-null".to_owned()),
        },
    }
}

fn complete(artefact: &Artefact) -> AnswerLine {
    let xml = match artefact {
        Artefact::Trust(answer) => answer.encode(),
        Artefact::Acknowledgement(ack) => ack.encode(),
        Artefact::Authorization(answer) => answer.encode(),
        other => panic!("{other:?}"),
    };
    let mut line = AnswerLine::new(LineStatus::Complete, 1);
    line.smart_license = Some(to_smart_license(&xml));
    line
}

/// An agent, its server, the time, and everything that happened.
pub(crate) struct Bench {
    pub(crate) agent: SmartAgent,
    pub(crate) server: FakeServer,
    pub(crate) now_ms: u64,
    pub(crate) log: Vec<Effect>,
    pub(crate) requests: Vec<RequestType>,
}

impl Bench {
    pub(crate) fn new(platform: &str) -> Self {
        let platform = Platform::named(platform).unwrap();
        Self {
            agent: SmartAgent::new(platform, &Seed::from_u64(7), 3),
            server: FakeServer::default(),
            now_ms: START_MS,
            log: Vec::new(),
            requests: Vec::new(),
        }
    }

    /// An agent with a trust code and two licences in use.
    pub(crate) fn trusted(platform: &str) -> Self {
        let mut bench = Self::new(platform);
        bench.use_licenses(0, 2);
        bench.use_licenses(1, 1);
        bench.command(trust(false));
        assert!(bench.view().trusted);
        bench
    }

    pub(crate) fn view(&self) -> AgentView {
        self.agent.view()
    }

    /// Hands one input in and returns the request that follows, if any.
    pub(crate) fn step(&mut self, input: Input<'_>) -> Option<Box<Outbound>> {
        let mut effects = Vec::new();
        self.agent.handle(self.now_ms, input, &mut effects);
        let mut outbound = None;
        for effect in effects {
            if let Effect::Send(request) = &effect {
                assert!(outbound.is_none(), "two requests at once");
                self.requests.push(request.request_type.clone());
                outbound = Some(request.clone());
            }
            self.log.push(effect);
        }
        assert_eq!(outbound.is_some(), outbound.is_some() && self.agent.in_flight());
        outbound
    }

    /// The request in words.
    pub(crate) fn sealed(&mut self, outbound: &Outbound) -> SealedRequest {
        self.agent.seal(outbound, &mut Common::default())
    }

    /// What the server answers to a request.
    pub(crate) fn answer(&mut self, outbound: &Outbound) -> SmartAnswer {
        let sealed = self.sealed(outbound);
        self.server.answer(self.now_ms, &sealed.request)
    }

    /// Lets the server answer until nothing is sent any more.
    pub(crate) fn serve(&mut self, mut outbound: Option<Box<Outbound>>) {
        while let Some(request) = outbound {
            let answer = self.answer(&request).encode();
            outbound = self.step(Input::Answer { status: 200, body: &answer });
        }
    }

    pub(crate) fn command(&mut self, command: Command) {
        let outbound = self.step(Input::Command(command));
        self.serve(outbound);
    }

    pub(crate) fn use_licenses(&mut self, license: usize, count: u32) {
        let feature = self.agent.platform().licenses[license].feature.clone();
        self.command(Command::Use { feature, count });
    }

    /// Moves time on, stopping at every timer on the way.
    pub(crate) fn advance(&mut self, by_ms: u64) {
        let end_ms = self.now_ms + by_ms;
        let mut wakes = 0;
        while let Some(due_ms) = self.agent.next_timer().filter(|due_ms| *due_ms <= end_ms) {
            self.now_ms = self.now_ms.max(due_ms);
            let outbound = self.step(Input::TimerDue);
            self.serve(outbound);
            wakes += 1;
            assert!(wakes < 10_000, "the agent does not let time pass");
        }
        self.now_ms = end_ms;
    }

    /// Moves to the next timer and hands it in; the request that follows is not answered.
    pub(crate) fn wake(&mut self) -> Option<Box<Outbound>> {
        self.now_ms = self.agent.next_timer().expect("a timer is set").max(self.now_ms);
        self.step(Input::TimerDue)
    }

    pub(crate) fn fail(&mut self, failure: TransportFailure) -> Option<Box<Outbound>> {
        self.step(Input::Failure(failure))
    }

    pub(crate) fn syslog(&self) -> Vec<&str> {
        let mut lines = Vec::new();
        for effect in &self.log {
            if let Effect::Syslog(text) = effect {
                lines.push(text.as_str());
            }
        }
        lines
    }

    pub(crate) fn logged(&self, part: &str) -> usize {
        self.syslog().iter().filter(|line| line.contains(part)).count()
    }

    pub(crate) fn refusals(&self) -> Vec<&'static str> {
        let reason = |effect: &Effect| match effect {
            Effect::CommandRefused { reason, .. } => Some(*reason),
            _ => None,
        };
        self.log.iter().filter_map(reason).collect()
    }
}

pub(crate) fn trust(force: bool) -> Command {
    Command::TrustIdToken { id_token: "dGVzdC10b2tlbg".to_owned(), force }
}
