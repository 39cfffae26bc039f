//! A builder of journals: instances with keys of their own, and a server that answers as told.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_journal::{
    Answer, Body, Deviation, Entry, Event, Exchange, ExchangeOutcome, Header, HttpMessage, Intent,
    PeerTls, ScenarioInfo, TargetInfo, TimeMode,
};
use muster_wire::transport::smart::{ConnectInfo, RequestLine, SenderInfo, SmartRequest};
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::{
    AnswerStatus, Extra, LineStatus, Nonce, PollId, RequestType, SoftwareTag, Sudi, Udi, artefact,
};

use crate::classic::pki::Pki;

/// What the fixture server signs with.
pub(crate) static SERVER: LazyLock<Pki> = LazyLock::new(Pki::new);

/// Logical start of every fixture, milliseconds since the epoch.
pub(crate) const START_MS: u64 = 1_790_000_000_000;

/// The software tag of every fixture instance.
const SOFTWARE_TAG: &str =
    "regid.2021-03.com.cisco.MUSTER_WLC,1.0_11111111-2222-4333-8444-555555555555";

/// A DER SubjectPublicKeyInfo of an uncompressed P-256 point without the point.
const SPKI_PREFIX: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";

pub(crate) struct Instance {
    pub(crate) index: u32,
    pub(crate) udi: Udi,
    key: EcdsaKeyPair,
}

impl Instance {
    pub(crate) fn sign(&self, text: &str) -> String {
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes()).expect("keys sign");
        STANDARD.encode(signature.as_ref())
    }

    /// Base64 of the SubjectPublicKeyInfo. The point begins with 0x04, which the prefix ends with.
    pub(crate) fn public_key(&self) -> String {
        let mut spki = STANDARD.decode(SPKI_PREFIX).expect("a constant");
        spki.extend_from_slice(&self.key.public_key().as_ref()[1..]);
        STANDARD.encode(spki)
    }
}

/// What goes out, and with which intent.
pub(crate) struct Ask<'a> {
    pub(crate) instance: &'a Instance,
    pub(crate) endpoint: &'a str,
    pub(crate) kind: RequestType,
    pub(crate) artefact: Option<String>,
    pub(crate) poll: Option<u64>,
    pub(crate) token: Option<&'a str>,
    pub(crate) deviations: Vec<Deviation>,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(instance: &'a Instance, endpoint: &'a str, kind: RequestType) -> Self {
        let (artefact, poll, token) = (None, None, None);
        Self { instance, endpoint, kind, artefact, poll, token, deviations: Vec::new() }
    }

    pub(crate) fn with(mut self, xml: String) -> Self {
        self.artefact = Some(artefact::to_smart_license(&xml));
        self
    }

    pub(crate) fn token(mut self, name: &'a str) -> Self {
        self.token = Some(name);
        self
    }

    pub(crate) fn poll(instance: &'a Instance, endpoint: &'a str, id: u64) -> Self {
        Self { poll: Some(id), ..Self::new(instance, endpoint, RequestType::Poll) }
    }

    pub(crate) fn deviating(mut self, deviation: Deviation) -> Self {
        self.deviations.push(deviation);
        self
    }
}

/// What comes back.
pub(crate) enum Reply {
    Deferred { poll: u64, interval: u64 },
    Complete(String),
    Failed { status: u16, code: &'static str, message: &'static str },
    Http(u16, &'static str),
}

pub(crate) struct Recorder {
    pub(crate) header: Header,
    pub(crate) entries: Vec<Entry>,
    now_ms: u64,
    journey: Option<u32>,
    exchanges: u64,
    instances: u32,
}

impl Recorder {
    pub(crate) fn new(scenarios: &[(&str, &[&str])]) -> Self {
        let info = |(id, provokes): &(&str, &[&str])| ScenarioInfo {
            id: (*id).to_owned(),
            title: format!("Scenario {id}"),
            provokes: provokes.iter().map(|id| (*id).to_owned()).collect(),
            file: String::new(),
            gates: Vec::new(),
        };
        let header = Header {
            schema: muster_journal::entry::SCHEMA.to_owned(),
            muster: "0.1.0".to_owned(),
            seed: 7,
            time: TimeMode::Virtual,
            started_at_ms: START_MS,
            target: TargetInfo {
                name: "fixture".to_owned(),
                signing_certificates: vec![SERVER.signing_cert.clone()],
                ..TargetInfo::default()
            },
            scenarios: scenarios.iter().map(info).collect(),
            command: Vec::new(),
            sampling: None,
        };
        let (now_ms, journey, exchanges, instances) = (START_MS, None, 0, 0);
        Self { header, entries: Vec::new(), now_ms, journey, exchanges, instances }
    }

    pub(crate) fn push(&mut self, instance: Option<u32>, event: Event) {
        let seq = self.entries.len() as u64 + 1;
        let entry = Entry { seq, at_ms: self.now_ms, journey: self.journey, instance, event };
        self.entries.push(entry);
    }

    pub(crate) fn begin(&mut self, journey: u32, scenario: &str) {
        self.journey = Some(journey);
        self.push(None, Event::JourneyStarted { scenario: scenario.to_owned(), replica: 0 });
    }

    pub(crate) fn join(&mut self, serial: &str) -> Instance {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("entropy");
        let instance = Instance { index: self.instances, udi: Udi::new("MST-9800", serial), key };
        self.instances += 1;
        let event = Event::InstanceJoined {
            name: serial.to_owned(),
            udi: instance.udi.clone(),
            platform: "c9800-l".to_owned(),
            software_tag: SOFTWARE_TAG.to_owned(),
            public_key: instance.public_key(),
        };
        self.push(Some(instance.index), event);
        instance
    }

    pub(crate) const fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// The index of an instance that joins now.
    pub(crate) const fn next_instance(&mut self) -> u32 {
        self.instances += 1;
        self.instances - 1
    }

    pub(crate) fn wait(&mut self, ms: u64) {
        self.now_ms += ms;
    }

    pub(crate) fn exchange(&mut self, ask: Ask<'_>, reply: Reply) {
        let request = self.request(&ask);
        let (status, body) = answer(&request, ask.endpoint, reply);
        let intent = Intent {
            request_type: Some(ask.kind.as_str().to_owned()),
            id_token: ask.token.map(str::to_owned),
            deviations: ask.deviations,
        };
        let index = ask.instance.index;
        self.raw(Some(index), ask.endpoint, "POST", intent, request.encode(), status, body);
    }

    /// A request that was changed on its way out.
    pub(crate) fn exchange_as(&mut self, ask: Ask<'_>, serial: &str, reply: Reply) {
        let mut request = self.request(&ask);
        request.sender_info.sudi.udi_serial_number = serial.into();
        let (status, body) = answer(&request, ask.endpoint, reply);
        let intent = Intent {
            request_type: Some(ask.kind.as_str().to_owned()),
            id_token: None,
            deviations: ask.deviations,
        };
        let index = ask.instance.index;
        self.raw(Some(index), ask.endpoint, "POST", intent, request.encode(), status, body);
    }

    /// A bare GET.
    pub(crate) fn get(&mut self, endpoint: &str, status: u16, body: &str) {
        let body = body.as_bytes().to_vec();
        self.raw(None, endpoint, "GET", Intent::default(), Vec::new(), status, body);
    }

    /// A GET elsewhere, or with a body.
    pub(crate) fn probe_at(&mut self, endpoint: &str, path: &str, body: &str) {
        let request = body.as_bytes().to_vec();
        self.raw(None, endpoint, "GET", Intent::default(), request, 404, b"Not Found".to_vec());
        let Some(Event::Exchange(exchange)) = self.entries.last_mut().map(|last| &mut last.event)
        else {
            panic!("an exchange was just recorded");
        };
        exchange.url = format!("https://target.test{path}");
    }

    /// The server collects and pushes a file.
    pub(crate) fn import(&mut self, instance: &Instance, xml: String) {
        let (intent, ok) = (Intent::default(), b"Import Data Successful".to_vec());
        self.raw(Some(instance.index), "collect", "POST", intent, xml.into_bytes(), 200, ok);
    }

    #[expect(clippy::too_many_arguments, reason = "one place that spells an exchange out")]
    pub(crate) fn raw(
        &mut self,
        instance: Option<u32>,
        endpoint: &str,
        method: &str,
        intent: Intent,
        request: Vec<u8>,
        status: u16,
        answer: Vec<u8>,
    ) {
        self.now_ms += 40;
        self.exchanges += 1;
        let message = |body| HttpMessage { headers: Vec::new(), body: Body(body) };
        let url = url(endpoint);
        let tls = url
            .starts_with("https")
            .then(|| PeerTls { version: "TLSv1.3".to_owned(), chain_length: 3 });
        let exchange = Exchange {
            id: self.exchanges,
            step: None,
            endpoint: endpoint.to_owned(),
            method: method.to_owned(),
            url,
            intent,
            request: message(request),
            sent_at_ms: self.now_ms,
            outcome: ExchangeOutcome::Answered(Answer {
                status,
                message: message(answer),
                received_at_ms: self.now_ms + 5,
                elapsed_us: 0,
            }),
            tls,
            reading: None,
        };
        self.push(instance, Event::Exchange(Box::new(exchange)));
    }

    fn request(&self, ask: &Ask<'_>) -> SmartRequest {
        let sudi = Sudi::from(&ask.instance.udi);
        SmartRequest {
            sender_info: SenderInfo {
                connect_info: connect_info("C_agent", "5.8.6_rel/15"),
                timestamp: self.now_ms,
                nonce: Nonce::new(&(self.exchanges + 700_001).to_string()),
                sudi: sudi.clone(),
                product_instance_identifier: None,
                software_tag_identifier: SoftwareTag::new(SOFTWARE_TAG),
                extra: Extra::new(),
            },
            device_list: Vec::new(),
            license_data: vec![RequestLine {
                request_type: Some(ask.kind.clone()),
                request_line_id: 1,
                sudi: Some(sudi),
                poll_id: ask.poll.map(PollId),
                smart_license: ask.artefact.clone(),
                extra: Extra::new(),
            }],
            request_type: None,
            extra: Extra::new(),
        }
    }
}

fn answer(request: &SmartRequest, endpoint: &str, reply: Reply) -> (u16, Vec<u8>) {
    let line = |status| AnswerLine::new(status, 1);
    let line = match reply {
        Reply::Deferred { poll, interval } => AnswerLine {
            poll_id: Some(PollId(poll)),
            poll_interval: Some(interval),
            ..line(LineStatus::OkPoll)
        },
        Reply::Complete(xml) => AnswerLine {
            smart_license: Some(artefact::to_smart_license(&xml)),
            ..line(LineStatus::Complete)
        },
        Reply::Failed { status, code, message } => {
            let nonce = request.sender_info.nonce.clone();
            return (status, SmartAnswer::failure(code, message, nonce).encode());
        }
        Reply::Http(status, body) => return (status, body.as_bytes().to_vec()),
    };
    let name = if endpoint == "smart_receiver" { "SSM" } else { "CSLU_V1" };
    let sender =
        SenderInfo { connect_info: connect_info(name, "v1"), ..request.sender_info.clone() };
    let answer = SmartAnswer {
        sender_info: Some(sender),
        status: AnswerStatus::Complete,
        message_code: None,
        message: None,
        nonce: None,
        license_data: vec![line],
        extra: Extra::new(),
    };
    (200, answer.encode())
}

fn connect_info(name: &str, version: &str) -> ConnectInfo {
    ConnectInfo {
        name: name.into(),
        version: version.into(),
        production: false,
        additional_info: "".into(),
        capabilities: muster_conformance::recorded_answer::CAPABILITIES.into_iter().collect(),
        extra: Extra::new(),
    }
}

fn url(endpoint: &str) -> String {
    let path = match endpoint {
        "smart_receiver" => "/licservice/license",
        "smart_transport" => "/SmartTransport",
        "smart_transport_http" => return "http://target.test/SmartTransport".to_owned(),
        "call_home" => "/Transportgateway/services/DeviceRequestHandler",
        "cslu" => "/cslu/v1/pi/Default-1",
        "cslu_other" => "/cslu/v1/pi/My%20VA-1",
        "cslu_validating" => "/cslu/v1/pi/Validated-1",
        "collect" => return "http://instance.test/smartlic-service/import".to_owned(),
        _ => "/",
    };
    format!("https://target.test{path}")
}
