//! A builder of classic journals: instances with keys of their own, and a server that answers as
//! told.

use muster_journal::{Deviation, Entry, Event, Header as JournalHeader, Intent, JourneyOutcome};
use muster_wire::classic::proposed::credential::Credential;
use muster_wire::classic::proposed::registration::{RegistrationAnswer, RegistrationRequest};
use muster_wire::classic::{
    AnswerData, AnswerEnvelope, ClassicAnswer, ClassicRequest, ClassicStatus, ClassicSudi,
    EnvelopeSignature, Header, MessageType, Origin, RequestData, RequestEnvelope,
};
use muster_wire::transport::callhome::{CallHome, CallHomeMessage, Sender};
use muster_wire::transport::smart::ConnectInfo;
use muster_wire::{Extra, Nonce, ProductInstanceId, SoftwareTag, Udi};
use rcgen::KeyPair;
use serde_json::{Value, json};

use super::pki::{Pki, public_key, sign};
use crate::fixture::Recorder;

pub(crate) const ON_PREM: &str = "smart_transport";

pub(crate) struct ClassicInstance {
    index: u32,
    /// From which its identifier is made.
    number: u32,
    pub(crate) udi: Udi,
    key: KeyPair,
    pub(crate) identifier: Option<ProductInstanceId>,
}

/// How a request is sent.
#[derive(Default)]
pub(crate) struct Way<'a> {
    pub(crate) token: Option<&'a str>,
    pub(crate) deviations: Vec<Deviation>,
    /// How far the sender's clock is ahead.
    pub(crate) ahead_ms: u64,
    /// The agent does not say that it reads four levels.
    pub(crate) is_old: bool,
    /// Another key signs.
    pub(crate) foreign: bool,
    /// The ID token itself.
    pub(crate) secret: &'a str,
}

/// What the server says.
#[expect(clippy::large_enum_variant, reason = "one lives at a time, for the length of a call")]
pub(crate) enum Say {
    Given(AnswerData),
    Failed(&'static str),
}

pub(crate) struct Lab {
    pub(crate) recorder: Recorder,
    pub(crate) pki: Pki,
    nonce: u64,
}

impl ClassicInstance {
    /// Is given the identifier that another has.
    pub(crate) const fn pretend(&mut self, other: &Self) {
        self.number = other.number;
    }
}

impl<'a> Way<'a> {
    pub(crate) fn with(token: &'a str) -> Self {
        Self { token: Some(token), ..Self::default() }
    }

    pub(crate) fn deviating(deviation: Deviation) -> Self {
        Self { deviations: vec![deviation], ..Self::default() }
    }
}

impl Lab {
    pub(crate) fn new() -> Self {
        let mut recorder = Recorder::new(&[("conformance/classic", &["REG-002"])]);
        recorder.begin(1, "conformance/classic");
        Self { recorder, pki: Pki::new(), nonce: 0 }
    }

    pub(crate) fn finish(mut self) -> (JournalHeader, Vec<Entry>) {
        let outcome = JourneyOutcome::Completed;
        self.recorder.push(None, Event::JourneyFinished { outcome });
        self.recorder.push(None, Event::RunFinished { completed: 1, interrupted: false });
        (self.recorder.header, self.recorder.entries)
    }

    pub(crate) fn join(&mut self, serial: &str) -> ClassicInstance {
        let key = KeyPair::generate().expect("entropy");
        let udi = Udi::new("CSR1000V", serial);
        let index = self.recorder.next_instance();
        let event = Event::InstanceJoined {
            name: serial.to_lowercase(),
            udi: udi.clone(),
            platform: "csr1000v".to_owned(),
            software_tag: "regid.test".to_owned(),
            public_key: public_key(&key),
        };
        self.recorder.push(Some(index), event);
        ClassicInstance { index, number: index, udi, key, identifier: None }
    }

    pub(crate) fn hook(&mut self, hook: &str, arguments: Value) {
        let event = Event::HookCalled { hook: hook.to_owned(), arguments, failure: None };
        self.recorder.push(None, event);
    }

    /// A hook that takes a document of the control API.
    pub(crate) fn change(&mut self, hook: &str, document: &Value) {
        self.hook(hook, json!({ "document": document.to_string() }));
    }

    pub(crate) fn send(
        &mut self,
        who: &ClassicInstance,
        endpoint: &str,
        way: Way<'_>,
        ask: impl FnOnce(Origin) -> RequestData,
        say: Say,
    ) {
        self.nonce += 1;
        let sudi = ClassicSudi::from(&who.udi);
        let origin = Origin {
            sudi: sudi.clone(),
            timestamp: self.recorder.now_ms() + 40 + way.ahead_ms,
            nonce: Nonce::new(&(18_000_000_000 + self.nonce).to_string()),
            product_instance_identifier: who.identifier.clone(),
        };
        let data = ask(origin);
        let header = Header {
            version: "1.3".into(),
            sudi,
            connect_info: Some(connect_info("C_agent", way.is_old)),
            product_instance_identifier: who.identifier.clone(),
            ..Header::default()
        };
        let request = ClassicRequest::new(header, &data);
        let text = request.encode();
        let signature = who.identifier.as_ref().map(|_| {
            let signed = if way.foreign { "another text" } else { text.as_str() };
            EnvelopeSignature::sha_256(sign(&who.key, signed))
        });
        let credential = way.token.map(|_| Credential::id_token(way.secret.to_owned()));
        let body = RequestEnvelope::new(text, signature, credential).encode();
        let answer = self.answer(&request, &data, say);
        let intent = Intent {
            request_type: Some(data.message_type().as_str().to_owned()),
            id_token: way.token.map(str::to_owned),
            deviations: way.deviations,
        };
        let (body, answer) = self.framed(who, endpoint, body, answer);
        self.recorder.raw(Some(who.index), endpoint, "POST", intent, body, 200, answer);
    }

    /// Bytes that are no request.
    pub(crate) fn send_raw(&mut self, who: &ClassicInstance, endpoint: &str, answer: &str) {
        let intent = Intent { deviations: vec![Deviation::RawBytes], ..Intent::default() };
        let (body, answer) = (b"<not an envelope".to_vec(), answer.as_bytes().to_vec());
        self.recorder.raw(Some(who.index), endpoint, "POST", intent, body, 200, answer);
    }

    /// A registration that succeeds.
    pub(crate) fn register(&mut self, who: &mut ClassicInstance, endpoint: &str, way: Way<'_>) {
        self.register_in(who, endpoint, way, "Default", false);
    }

    pub(crate) fn register_in(
        &mut self,
        who: &mut ClassicInstance,
        endpoint: &str,
        way: Way<'_>,
        virtual_account: &str,
        force: bool,
    ) {
        let identifier = format!("5a1e0000-0000-4000-8000-{:012}", who.number);
        let answer = RegistrationAnswer {
            product_instance_identifier: ProductInstanceId::new(&identifier),
            smart_account: "Muster Fixture SA".to_owned(),
            virtual_account: virtual_account.to_owned(),
            id_cert: self.id_certificate(who),
            signing_cert: self.pki.signing_cert.clone(),
            sub_ca_cert: self.pki.sub_ca.clone(),
            export_control_allowed: !["export_not_allowed", "far_account"]
                .map(Some)
                .contains(&way.token),
            renew_interval: 15_552_000,
            auth_renew_interval: 2_592_000,
            extra: Extra::new(),
        };
        let say = Say::Given(AnswerData::Registration(answer));
        self.send(who, endpoint, way, |origin| registration(origin, force), say);
        who.identifier = Some(ProductInstanceId::new(&identifier));
    }

    /// A registration that is refused.
    pub(crate) fn refuse(
        &mut self,
        who: &ClassicInstance,
        endpoint: &str,
        way: Way<'_>,
        why: &'static str,
    ) {
        self.send(who, endpoint, way, |origin| registration(origin, false), Say::Failed(why));
    }

    pub(crate) fn id_certificate(&mut self, who: &ClassicInstance) -> String {
        let now_ms = self.recorder.now_ms();
        self.pki.id_certificate(&who.udi.to_string(), now_ms, &who.key)
    }

    fn answer(&self, request: &ClassicRequest, asked: &RequestData, say: Say) -> Vec<u8> {
        let kind = match asked {
            RequestData::Poll(poll) => poll.poll_type.clone(),
            other => other.message_type(),
        };
        let header = Header {
            request_type: None,
            response_type: Some(kind),
            timestamp: self.recorder.now_ms(),
            connect_info: Some(connect_info("SSM", false)),
            ..request.header.clone()
        };
        let answer = match say {
            Say::Given(data) => {
                let status = match data {
                    AnswerData::Deferred(_) => ClassicStatus::OkPoll,
                    _ => ClassicStatus::Complete,
                };
                ClassicAnswer::new(header, status, &data)
            }
            Say::Failed(message) => {
                let nothing = AnswerData::Nothing(Extra::new());
                let mut answer = ClassicAnswer::new(header, ClassicStatus::Failed, &nothing);
                answer.message = Some(message.to_owned());
                answer
            }
        };
        let text = answer.encode();
        let signature = EnvelopeSignature::sha_256(self.pki.sign(&text));
        AnswerEnvelope::new(text, Some(signature)).encode()
    }

    fn framed(
        &self,
        who: &ClassicInstance,
        endpoint: &str,
        body: Vec<u8>,
        answer: Vec<u8>,
    ) -> (Vec<u8>, Vec<u8>) {
        if endpoint != "call_home" {
            return (body, answer);
        }
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("JSON is text");
        let sender = Sender {
            product_id: &who.udi.product_id,
            serial_number: &who.udi.serial_number,
            series: "Muster fixture",
            hostname: "mst",
        };
        let epoch_s = self.recorder.now_ms() / 1000;
        let asked = CallHomeMessage::licensing(sender, self.nonce, epoch_s, &text(body));
        let said = asked.answered(epoch_s, &text(answer));
        let encoded = |message| CallHome::Message(Box::new(message)).encode().into_bytes();
        (encoded(asked), encoded(said))
    }
}

pub(crate) fn registration(origin: Origin, force: bool) -> RequestData {
    RequestData::Registration(RegistrationRequest {
        origin,
        software_tag_identifier: SoftwareTag::new("regid.test"),
        product_version: None,
        hostname: None,
        csr: "TVVTVEVSLVRFU1Q=".to_owned(),
        force,
        device_list: Vec::new(),
        extra: Extra::new(),
    })
}

pub(crate) fn poll(origin: Origin, id: u64, kind: MessageType) -> RequestData {
    RequestData::Poll(muster_wire::classic::proposed::poll::PollRequest {
        origin,
        poll_id: muster_wire::PollId(id),
        poll_type: kind,
        extra: Extra::new(),
    })
}

fn connect_info(name: &str, is_old: bool) -> ConnectInfo {
    let capabilities: &[&str] =
        if is_old { &["UTILITY"] } else { &["UTILITY", "DLC", "AppHA", "MULTITIER"] };
    ConnectInfo {
        name: name.into(),
        version: "1.3".into(),
        production: false,
        additional_info: "".into(),
        capabilities: capabilities.iter().copied().collect(),
        extra: Extra::new(),
    }
}
