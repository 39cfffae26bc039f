//! Hand-made classic product instances against the server, through its front door.

mod authorization;
pub(crate) mod call_home;
mod control;
mod conversion;
pub(crate) mod envelope;
mod export;
mod id_certificate;
mod life;
mod properties;
mod redundancy;
mod registration;
mod restart;
mod third_party_key;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_certs::{InstanceKey, Seed};
use muster_wire::classic::header::VERSION_1_3;
use muster_wire::classic::proposed::answer_data::AnswerData;
use muster_wire::classic::proposed::conversion::{ClassicLicense, ConversionRequest};
use muster_wire::classic::proposed::credential::Credential;
use muster_wire::classic::proposed::entitlement::{
    EntitlementAnswer, EntitlementRequest, UsedEntitlement,
};
use muster_wire::classic::proposed::export_authorization::{ExportAction, ExportRequest};
use muster_wire::classic::proposed::life::HeartbeatRequest;
use muster_wire::classic::proposed::poll::PollRequest;
use muster_wire::classic::proposed::registration::{RegistrationAnswer, RegistrationRequest};
use muster_wire::classic::{
    AnswerEnvelope, ClassicAnswer, ClassicRequest, ClassicStatus, ClassicSudi, EnvelopeSignature,
    Header, MessageType, Origin, RequestData, RequestEnvelope,
};
use muster_wire::transport::smart::ConnectInfo;
use muster_wire::{
    Entitlement, EntitlementTag, Extra, Nonce, PollId, ProductInstanceId, SoftwareTag, Udi,
};
use serde_json::{Value, json};

use crate::handler::tests::{SEED, START_MS, server};
use crate::message::{Listener, ServerAnswer, ServerRequest};
use crate::{Server, id_token};

pub(crate) const CSSM: &str = "/licservice/license";
pub(crate) const ONPREM: &str = "/SmartTransport";
pub(crate) const HOUR_MS: u64 = 3_600_000;
pub(crate) const DAY_MS: u64 = 24 * HOUR_MS;
const UUID: &str = "00000000-0000-4000-8000-000000000001";

pub(crate) fn good_server() -> Server {
    server(&[])
}

pub(crate) fn token(name: &str) -> String {
    id_token(SEED, name).unwrap_or_else(|| "nobody-knows-me".to_owned())
}

pub(crate) fn tag(name: &str) -> EntitlementTag {
    EntitlementTag::new(&format!("regid.2020-01.com.cisco.{name},1.0_{UUID}"))
}

pub(crate) fn post(server: &Server, path: &str, body: &[u8]) -> ServerAnswer {
    let request = ServerRequest { method: "POST", path_and_query: path, headers: &[], body };
    server.answer(Listener::ProductHttps, request)
}

/// One call of the control API that must work.
pub(crate) fn control(server: &Server, method: &str, resource: &str, body: &Value) -> Value {
    let (status, answer) = try_control(server, method, resource, &body.to_string());
    assert_eq!(status, 200, "{answer}");
    answer
}

pub(crate) fn try_control(
    server: &Server,
    method: &str,
    resource: &str,
    body: &str,
) -> (u16, Value) {
    let path = format!("/muster/control/{resource}");
    let request =
        ServerRequest { method, path_and_query: &path, headers: &[], body: body.as_bytes() };
    let answer = server.answer(Listener::Admin, request);
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

/// Sets what an account holds.
pub(crate) fn hold(server: &Server, account: &str, tag: &EntitlementTag, purchased: u32) {
    let body = json!({ "virtual_account": account, "tag": tag, "purchased": purchased });
    control(server, "PUT", "entitlements", &body);
}

/// The inner answer of a body, once its signature was verified.
pub(crate) fn opened(server: &Server, body: &[u8]) -> ClassicAnswer {
    let envelope = AnswerEnvelope::decode(body).unwrap();
    let signature = STANDARD.decode(envelope.signature.as_ref().unwrap().value.clone()).unwrap();
    let key = server.0.authority.signing_public_key();
    assert!(key.verify(envelope.response.as_bytes(), &signature));
    envelope.open().unwrap()
}

/// A product instance that does what it is told.
#[derive(Clone)]
pub(crate) struct Instance {
    pub(crate) udi: Udi,
    pub(crate) key: InstanceKey,
    /// The instance's clock.
    pub(crate) now_ms: u64,
    pub(crate) nonce: u64,
    pub(crate) identifier: Option<ProductInstanceId>,
    pub(crate) capabilities: Vec<&'static str>,
    pub(crate) path: &'static str,
}

impl Instance {
    pub(crate) fn new(number: u64) -> Self {
        Self {
            udi: Udi::new("CSR1000V", &format!("9MST{number:07}")),
            key: InstanceKey::derive(&Seed::from_u64(6), number, 0),
            now_ms: START_MS,
            nonce: number * 1_000_000,
            identifier: None,
            capabilities: vec!["DLC", "AppHA", "MULTITIER", "OK_TRY_AGAIN"],
            path: ONPREM,
        }
    }

    /// One that talks to CSSM.
    pub(crate) fn direct(number: u64) -> Self {
        Self { path: CSSM, ..Self::new(number) }
    }

    /// One that is registered.
    pub(crate) fn registered(server: &Server, number: u64) -> Self {
        let mut instance = Self::new(number);
        instance.registers(server, "valid");
        instance
    }

    pub(crate) fn origin(&mut self) -> Origin {
        self.nonce += 1;
        Origin {
            sudi: ClassicSudi::from(&self.udi),
            timestamp: self.now_ms,
            nonce: Nonce::from(self.nonce.to_string()),
            product_instance_identifier: self.identifier.clone(),
        }
    }

    pub(crate) fn header(&self) -> Header {
        let connect_info = json!({
            "name": "C_agent", "version": "1.3", "capabilities": self.capabilities,
        });
        let connect_info: ConnectInfo = serde_json::from_value(connect_info).unwrap();
        Header {
            version: VERSION_1_3.into(),
            sudi: ClassicSudi::from(&self.udi),
            timestamp: self.now_ms,
            connect_info: Some(connect_info),
            product_instance_identifier: self.identifier.clone(),
            ..Header::default()
        }
    }

    pub(crate) fn sign(&self, text: &str) -> EnvelopeSignature {
        EnvelopeSignature::sha_256(STANDARD.encode(self.key.sign(text.as_bytes())))
    }

    /// A signed request body.
    pub(crate) fn body(&self, data: &RequestData) -> Vec<u8> {
        self.body_with(self.header(), data)
    }

    pub(crate) fn body_with(&self, header: Header, data: &RequestData) -> Vec<u8> {
        let text = ClassicRequest::new(header, data).encode();
        let signature = self.sign(&text);
        RequestEnvelope::new(text, Some(signature), None).encode()
    }

    pub(crate) fn ask(&mut self, server: &Server, data: &RequestData) -> ClassicAnswer {
        let answer = post(server, self.path, &self.body(data));
        assert_eq!(answer.status, 200);
        opened(server, &answer.body)
    }

    pub(crate) fn csr(&self) -> String {
        STANDARD.encode(self.key.certificate_request(&self.udi.to_string()).unwrap())
    }

    pub(crate) fn registration(&mut self, force: bool) -> RegistrationRequest {
        RegistrationRequest {
            origin: self.origin(),
            software_tag_identifier: SoftwareTag::new("regid.2013-08.com.cisco.CSR1000V"),
            product_version: Some("16.12.05".into()),
            hostname: None,
            csr: self.csr(),
            force,
            device_list: Vec::new(),
            extra: Extra::new(),
        }
    }

    pub(crate) fn registration_body(&self, data: RegistrationRequest, token: &str) -> Vec<u8> {
        let data = RequestData::Registration(data);
        let text = ClassicRequest::new(self.header(), &data).encode();
        let credential = Credential::id_token(token.to_owned());
        RequestEnvelope::new(text, None, Some(credential)).encode()
    }

    /// Registers with the token of that name, whatever comes of it.
    pub(crate) fn register(&mut self, server: &Server, name: &str, force: bool) -> ClassicAnswer {
        let data = self.registration(force);
        let body = self.registration_body(data, &token(name));
        let answer = opened(server, &post(server, self.path, &body).body);
        if answer.status == ClassicStatus::Complete {
            self.identifier = Some(registered(&answer).product_instance_identifier);
        }
        answer
    }

    /// Registers and succeeds.
    pub(crate) fn registers(&mut self, server: &Server, name: &str) -> RegistrationAnswer {
        registered(&self.register(server, name, false))
    }

    /// An authorization request for these licences.
    pub(crate) fn using(&mut self, uses: &[(&EntitlementTag, u32)]) -> RequestData {
        let entitlements = uses.iter().map(|(tag, count)| plain(tag, *count)).collect();
        self.entitlement(entitlements)
    }

    pub(crate) fn entitlement(&mut self, entitlements: Vec<UsedEntitlement>) -> RequestData {
        let (origin, extra) = (self.origin(), Extra::new());
        RequestData::Entitlement(EntitlementRequest { origin, renew: false, entitlements, extra })
    }

    /// How it stands with these licences in use.
    pub(crate) fn authorized(
        &mut self,
        server: &Server,
        uses: &[(&EntitlementTag, u32)],
    ) -> EntitlementAnswer {
        let data = self.using(uses);
        authorization(&self.ask(server, &data))
    }

    /// The word for how it stands.
    pub(crate) fn state(&mut self, server: &Server, uses: &[(&EntitlementTag, u32)]) -> String {
        self.authorized(server, uses).authorization_state.to_string()
    }

    pub(crate) fn heartbeat(&mut self) -> RequestData {
        RequestData::Heartbeat(HeartbeatRequest { origin: self.origin(), extra: Extra::new() })
    }

    pub(crate) fn export(
        &mut self,
        action: ExportAction,
        wanted: &[(&EntitlementTag, u32)],
    ) -> RequestData {
        let entitlements = wanted
            .iter()
            .map(|(tag, count)| Entitlement { tag: EntitlementTag::clone(tag), count: *count });
        RequestData::ExportAuthorization(ExportRequest {
            origin: self.origin(),
            action,
            entitlements: entitlements.collect(),
            extra: Extra::new(),
        })
    }

    pub(crate) fn conversion(&mut self, licences: &[(&EntitlementTag, u32)]) -> RequestData {
        let data = licences.iter().map(|(tag, count)| ClassicLicense {
            license_type: "RTU".into(),
            license_name: "classic".into(),
            count: *count,
            entitlement_tag: EntitlementTag::clone(tag),
            extra: Extra::new(),
        });
        RequestData::Conversion(ConversionRequest {
            origin: self.origin(),
            conversion_id: 1,
            conversion_string: STANDARD.encode(format!("proof {}", self.udi)),
            conversion_data: data.collect(),
            extra: Extra::new(),
        })
    }

    pub(crate) fn poll(&mut self, poll_id: PollId, poll_type: MessageType) -> RequestData {
        let (origin, extra) = (self.origin(), Extra::new());
        RequestData::Poll(PollRequest { origin, poll_id, poll_type, extra })
    }
}

/// A use without redundancy.
pub(crate) fn plain(tag: &EntitlementTag, count: u32) -> UsedEntitlement {
    let (tag, version) = (tag.clone(), "1.0".into());
    UsedEntitlement { tag, version, count, application: None, extra: Extra::new() }
}

pub(crate) fn registered(answer: &ClassicAnswer) -> RegistrationAnswer {
    match answer.data() {
        Ok(AnswerData::Registration(data)) => data,
        other => panic!("{other:?}: {answer:?}"),
    }
}

pub(crate) fn authorization(answer: &ClassicAnswer) -> EntitlementAnswer {
    match answer.data() {
        Ok(AnswerData::Entitlement(data)) => data,
        other => panic!("{other:?}: {answer:?}"),
    }
}

/// The poll id of an answer that defers.
pub(crate) fn poll_id(answer: &ClassicAnswer) -> PollId {
    match answer.data() {
        Ok(AnswerData::Deferred(data)) => data.poll_id,
        other => panic!("{other:?}: {answer:?}"),
    }
}

/// The code of a refusal.
pub(crate) fn code(answer: &ClassicAnswer) -> &str {
    assert_eq!(answer.status, ClassicStatus::Failed, "{answer:?}");
    answer.message_code.as_deref().unwrap()
}

/// The listed registration of an instance.
pub(crate) fn listed(server: &Server, udi: &Udi) -> Option<Value> {
    let all = control(server, "GET", "registrations", &json!({}));
    let all = all["registrations"].as_array().unwrap().clone();
    all.into_iter().find(|one| one["udi"] == udi.to_string())
}

/// One row of the entitlements.
pub(crate) fn held(server: &Server, account: &str, tag: &EntitlementTag) -> Value {
    let all = control(server, "GET", "entitlements", &json!({}));
    let all = all["entitlements"].as_array().unwrap().clone();
    let is = |row: &Value| row["virtual_account"] == account && row["tag"] == tag.as_str();
    all.into_iter().find(is).unwrap_or_default()
}
