//! A server of the classic era of a few lines, in memory: it keeps a record of every instance,
//! checks what each request proves, and answers in the envelope the request came in.

use std::collections::{BTreeMap, VecDeque};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_certs::{Authority, AuthorityOptions, PublicKey, Seed, Validity};
use muster_fleet::transport::{Call, Received, Reply, Undelivered};
use muster_fleet::virtual_run::Peer;
use muster_wire::classic::answer_status::INVALID_PRODUCT_INSTANCE;
use muster_wire::classic::proposed::conversion::ConversionStatus;
use muster_wire::classic::{
    AnswerData, AnswerEnvelope, ClassicAnswer, ClassicRequest, ClassicStatus, Header, MessageType,
    RequestData, RequestEnvelope,
};
use muster_wire::transport::callhome::CallHome;
use muster_wire::{Extra, PollId, ProductInstanceId};
use serde_json::json;

use crate::bench::START_MS;
use crate::scripted_peer::{ScriptedPeer, answered};

/// What an instance is to the server.
struct Known {
    identifier: ProductInstanceId,
    key: PublicKey,
}

pub(crate) struct ClassicPeer {
    authority: Authority,
    /// By serial number.
    known: BTreeMap<String, Known>,
    /// Replies given before the happy path begins.
    pub(crate) script: VecDeque<Result<Received, Undelivered>>,
    pub(crate) calls: Vec<Call>,
    /// The ID token that is good.
    pub(crate) token: &'static str,
    /// Licences of the account, by a part of the tag; of others there are enough.
    pub(crate) purchased: BTreeMap<&'static str, u32>,
    /// How often a deferred result is put off once more.
    pub(crate) still_running: u32,
    /// What was found wrong with a request.
    pub(crate) complaints: Vec<String>,
    nonces: Vec<String>,
    deferred: BTreeMap<u64, AnswerData>,
    next_poll: u64,
    serial: u64,
    now_ms: u64,
    policy: ScriptedPeer,
}

impl ClassicPeer {
    pub(crate) fn new() -> Self {
        let options = AuthorityOptions {
            not_before_ms: START_MS as i64,
            validity_days: 3_650,
            ..AuthorityOptions::default()
        };
        Self {
            authority: Authority::new(&Seed::from_u64(1), &options).unwrap(),
            known: BTreeMap::new(),
            script: VecDeque::new(),
            calls: Vec::new(),
            token: "bench-token-7f3a",
            purchased: BTreeMap::new(),
            still_running: 0,
            complaints: Vec::new(),
            nonces: Vec::new(),
            deferred: BTreeMap::new(),
            next_poll: 0,
            serial: 7_000,
            now_ms: START_MS,
            policy: ScriptedPeer::default(),
        }
    }

    pub(crate) fn with(script: Vec<Result<Received, Undelivered>>) -> Self {
        Self { script: script.into(), ..Self::new() }
    }

    fn answer(&mut self, call: &Call) -> Result<Received, Undelivered> {
        if let Ok(CallHome::Message(message)) = CallHome::decode(&call.body) {
            let Ok(envelope) = message.classic_request() else {
                return answered(400, b"no classic request in the message");
            };
            let inner = self.answer_envelope(&envelope);
            let inner = String::from_utf8(inner).unwrap();
            let message = message.answered(self.now_ms / 1_000, &inner);
            return answered(200, CallHome::Message(Box::new(message)).encode().as_bytes());
        }
        match RequestEnvelope::decode(&call.body) {
            Ok(envelope) => answered(200, &self.answer_envelope(&envelope)),
            Err(_) if call.method == "POST" => self.policy.answer(call),
            Err(_) => answered(200, b"a banner"),
        }
    }

    fn answer_envelope(&mut self, envelope: &RequestEnvelope) -> Vec<u8> {
        let Ok(request) = envelope.open() else { return br#"{"response":""}"#.to_vec() };
        let kind = request.header.request_type.clone();
        let serial = request.header.sudi.udi().serial_number.to_string();
        self.look_at(envelope, &request, &serial);
        let (status, data, code) = match request.data() {
            Ok(data) => self.serve(envelope, &serial, &data),
            Err(_) => (ClassicStatus::Failed, nothing(), Some("LS_MALFORMED")),
        };
        let kind = match request.data() {
            Ok(RequestData::Poll(poll)) => Some(poll.poll_type),
            _ => kind,
        };
        let identifier = self.known.get(&serial).map(|known| known.identifier.clone());
        let header = Header {
            request_type: None,
            response_type: kind,
            product_instance_identifier: identifier,
            ..request.header
        };
        let mut answer = ClassicAnswer::new(header, status, &data);
        if let Some(code) = code {
            (answer.message_code, answer.message) =
                (Some(code.to_owned()), Some(format!("refused: {code}")));
        }
        AnswerEnvelope::new(answer.encode(), None).encode()
    }

    /// Notes whether the signature, the nonce and the time of a request are what they should be.
    fn look_at(&mut self, envelope: &RequestEnvelope, request: &ClassicRequest, serial: &str) {
        let key = self.known.get(serial).map(|known| &known.key);
        if let (Some(signature), Some(key)) = (&envelope.signature, key) {
            let der = STANDARD.decode(&signature.value).unwrap_or_default();
            if !key.verify(envelope.request.as_bytes(), &der) {
                self.complaints.push("signature".to_owned());
            }
        }
        let nonce = request.nonce.as_str().to_owned();
        if self.nonces.contains(&nonce) {
            self.complaints.push("nonce".to_owned());
        }
        self.nonces.push(nonce);
        if request.header.timestamp.abs_diff(self.now_ms) > 60_000 {
            self.complaints.push("clock".to_owned());
        }
    }

    fn serve(
        &mut self,
        envelope: &RequestEnvelope,
        serial: &str,
        data: &RequestData,
    ) -> (ClassicStatus, AnswerData, Option<&'static str>) {
        let complete = |data| (ClassicStatus::Complete, data, None);
        if let RequestData::Registration(request) = data {
            let token = envelope.credential.as_ref().map(|credential| credential.value.as_str());
            if token != Some(self.token) {
                return (ClassicStatus::Failed, nothing(), Some("LS_INVALID_TOKEN"));
            }
            let csr = STANDARD.decode(&request.csr).unwrap();
            let key = PublicKey::from_certificate_request(&csr).unwrap();
            let identifier = ProductInstanceId::new(&format!("pi-{serial}"));
            let known = Known { identifier: identifier.clone(), key };
            self.known.insert(serial.to_owned(), known);
            return complete(self.registration(serial));
        }
        let own = self.known.get(serial).map(|known| &known.identifier);
        if own.is_none() || own != data.product_instance_identifier() {
            return (ClassicStatus::Failed, nothing(), Some(INVALID_PRODUCT_INSTANCE));
        }
        match data {
            RequestData::IdCertificateRenewal(_) => complete(self.registration_renewed(serial)),
            RequestData::Entitlement(request) => {
                let uses = request.entitlements.iter().map(|used| (used.tag.as_str(), used.count));
                complete(self.authorization(&uses.collect::<Vec<_>>()))
            }
            RequestData::Deregistration(_) => {
                self.known.remove(serial);
                complete(nothing())
            }
            RequestData::ExportAuthorization(request) => {
                let all = request
                    .entitlements
                    .iter()
                    .map(|one| json!({"tag": one.tag, "count": one.count, "status": "SUCCESS"}));
                let all: Vec<_> = all.collect();
                self.defer(read(&MessageType::ExportAuthorization, json!({"authorizations": all})))
            }
            RequestData::Conversion(_) => {
                let status = ConversionStatus::MigrateSuccess;
                self.defer(read(&MessageType::Conversion, json!({"conversion_status": status})))
            }
            RequestData::Poll(poll) => self.poll(poll.poll_id),
            RequestData::ThirdPartyKey(request) => {
                let keys = request.data.iter().map(
                    |one| json!({"id": one.id, "name": one.name, "value": "key-41", "key_id": 41}),
                );
                let keys: Vec<_> = keys.collect();
                complete(read(&MessageType::ThirdPartyKey, json!({ "data": keys })))
            }
            RequestData::Heartbeat(_) | RequestData::Registration(_) => complete(nothing()),
        }
    }

    fn certificates(&mut self, serial: &str) -> serde_json::Value {
        self.serial += 1;
        let validity = Validity { not_before_ms: self.now_ms as i64, days: 365 };
        let key = self.known[serial].key.to_spki_der();
        let id = self.authority.instance_certificate_valid(serial, &key, self.serial, validity);
        json!({
            "id_cert": STANDARD.encode(id.unwrap()),
            "signing_cert": STANDARD.encode(self.authority.signing_certificate_der()),
            "sub_ca_cert": STANDARD.encode(self.authority.sub_ca_der()),
            "renew_interval": 180 * 86_400,
        })
    }

    fn registration(&mut self, serial: &str) -> AnswerData {
        let mut data = self.certificates(serial);
        data["product_instance_identifier"] = json!(format!("pi-{serial}"));
        data["smart_account"] = json!("Parade Ground");
        data["virtual_account"] = json!("Drill Square");
        data["export_control_allowed"] = json!(true);
        data["auth_renew_interval"] = json!(30 * 86_400);
        read(&MessageType::Registration, data)
    }

    fn registration_renewed(&mut self, serial: &str) -> AnswerData {
        let data = self.certificates(serial);
        read(&MessageType::IdCertificateRenewal, data)
    }

    fn authorization(&self, uses: &[(&str, u32)]) -> AnswerData {
        let day_ms = 86_400_000;
        let enough = |tag: &str, count| {
            let bought = self.purchased.iter().find(|(part, _)| tag.contains(**part));
            bought.is_none_or(|(_, bought)| count <= *bought)
        };
        let word = |enough| if enough { "IN_COMPLIANCE" } else { "OUT_OF_COMPLIANCE" };
        let entitlements = uses.iter().map(|(tag, count)| {
            json!({"tag": tag, "count": count, "enforce_mode": word(enough(tag, *count))})
        });
        let all = uses.iter().all(|(tag, count)| enough(tag, *count));
        read(
            &MessageType::Entitlement,
            json!({
                "authorization_state": if all { "AUTHORIZED" } else { "OUT_OF_COMPLIANCE" },
                "next_communication": self.now_ms + 30 * day_ms,
                "communication_deadline": self.now_ms + 90 * day_ms,
                "entitlements": entitlements.collect::<Vec<_>>(),
            }),
        )
    }

    fn defer(&mut self, data: AnswerData) -> (ClassicStatus, AnswerData, Option<&'static str>) {
        self.next_poll += 1;
        self.deferred.insert(self.next_poll, data);
        later(self.next_poll)
    }

    fn poll(&mut self, id: PollId) -> (ClassicStatus, AnswerData, Option<&'static str>) {
        let Some(data) = self.deferred.get(&id.0).cloned() else {
            return (ClassicStatus::Failed, nothing(), Some("LS_UNKNOWN_POLL"));
        };
        if self.still_running > 0 {
            self.still_running -= 1;
            return later(id.0);
        }
        (ClassicStatus::Complete, data, None)
    }
}

impl Peer for ClassicPeer {
    fn exchange(&mut self, call: &Call) -> Reply {
        self.calls.push(call.clone());
        let result = self.script.pop_front().unwrap_or_else(|| self.answer(call));
        Reply { result, tls: None, elapsed_us: 0 }
    }

    fn set_clock(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
    }
}

fn later(id: u64) -> (ClassicStatus, AnswerData, Option<&'static str>) {
    let deferred = json!({"poll_id": id, "poll_interval": 3_600});
    let data = AnswerData::decode(
        &MessageType::ExportAuthorization,
        &ClassicStatus::OkPoll,
        &deferred.to_string(),
    );
    (ClassicStatus::OkPoll, data.unwrap(), None)
}

fn read(kind: &MessageType, data: serde_json::Value) -> AnswerData {
    AnswerData::decode(kind, &ClassicStatus::Complete, &data.to_string()).unwrap()
}

fn nothing() -> AnswerData {
    AnswerData::Nothing(Extra::new())
}
