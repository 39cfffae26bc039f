//! A server of the classic era as this test reads the documents.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_agent::ClassicOutbound;
use muster_certs::{Authority, AuthorityOptions, PublicKey, Seed, SigningMode, Validity};
use muster_wire::classic::answer_status::INVALID_PRODUCT_INSTANCE;
use muster_wire::classic::proposed::conversion::{ConversionAnswer, ConversionStatus};
use muster_wire::classic::proposed::entitlement::{
    AuthorizedEntitlement, EntitlementAnswer, UsedEntitlement,
};
use muster_wire::classic::proposed::export_authorization::{
    ExportAction, ExportAnswer, ExportAuthorization, ExportRequest, ExportStatus,
};
use muster_wire::classic::proposed::id_certificate::IdCertificateAnswer;
use muster_wire::classic::proposed::poll::Deferred;
use muster_wire::classic::proposed::registration::{RegistrationAnswer, RegistrationRequest};
use muster_wire::classic::proposed::third_party_key::{ThirdPartyKey, ThirdPartyKeyAnswer};
use muster_wire::classic::{
    AnswerData, AnswerEnvelope, AuthorizationState, ClassicAnswer, ClassicStatus, EnforcementMode,
    EnvelopeSignature, Header, MessageType, RequestData, RequestEnvelope,
};
use muster_wire::transport::smart::ConnectInfo;
use muster_wire::{Extra, PollId, ProductInstanceId};

pub(crate) use crate::classic_bench::{ClassicBench, register};

pub(crate) const START_MS: u64 = 1_800_000_000_000;
pub(crate) const DAY_MS: u64 = 86_400_000;
pub(crate) const HOUR_MS: u64 = 3_600_000;
pub(crate) const MINUTE_MS: u64 = 60_000;
const DAY_S: u64 = 86_400;

/// What a request is answered with; code and message when something went wrong.
type Served = (ClassicStatus, AnswerData, Option<(&'static str, &'static str)>);

/// Changes an answer before it is signed.
pub(crate) type Tamper = Box<dyn Fn(&mut ClassicAnswer)>;

/// What the server knows of the one instance it serves.
pub(crate) struct ClassicServer {
    pub(crate) authority: Authority,
    /// Key of the instance, as its certificate request would say.
    pub(crate) key: PublicKey,
    /// Identifier while the instance is known.
    pub(crate) known: Option<ProductInstanceId>,
    /// Why tokens are refused.
    pub(crate) refuses: Option<&'static str>,
    pub(crate) export_allowed: bool,
    /// What the account has; every licence without an entry is there in any number.
    pub(crate) purchased: BTreeMap<String, u32>,
    /// What the latest authorization request said.
    pub(crate) reported: Vec<(String, u32, Option<String>)>,
    /// Whether deferred results are ready.
    pub(crate) ready: bool,
    pub(crate) export_status: ExportStatus,
    pub(crate) conversion_status: ConversionStatus,
    /// Poll ids that were given out.
    pub(crate) issued: BTreeSet<u64>,
    pub(crate) tamper: Option<Tamper>,
    /// Whether answers are signed.
    pub(crate) signs: bool,
    pub(crate) now_ms: u64,
    deferred: BTreeMap<u64, AnswerData>,
    next_poll: u64,
    serial: u64,
}

impl ClassicServer {
    pub(crate) fn new(key: PublicKey) -> Self {
        let options = AuthorityOptions {
            not_before_ms: START_MS as i64,
            validity_days: 3650,
            signing: SigningMode::Fast,
            ..AuthorityOptions::default()
        };
        Self {
            authority: Authority::new(&Seed::from_u64(1), &options).unwrap(),
            key,
            known: None,
            refuses: None,
            export_allowed: false,
            purchased: BTreeMap::new(),
            reported: Vec::new(),
            ready: true,
            export_status: ExportStatus::Success,
            conversion_status: ConversionStatus::MigrateSuccess,
            issued: BTreeSet::new(),
            tamper: None,
            signs: true,
            now_ms: START_MS,
            deferred: BTreeMap::new(),
            next_poll: 7_000,
            serial: 16_000_000,
        }
    }

    /// The answer to a request, as bytes.
    pub(crate) fn answer(
        &mut self,
        outbound: &ClassicOutbound,
        envelope: &RequestEnvelope,
    ) -> Vec<u8> {
        let request = envelope.open().unwrap();
        assert_eq!(request.data().unwrap(), outbound.asked);
        assert_eq!(request.header.request_type.as_ref(), Some(&outbound.message_type));
        let registers = outbound.message_type == MessageType::Registration;
        self.check_signature(envelope, registers);
        let kind = match &outbound.asked {
            RequestData::Poll(poll) => poll.poll_type.clone(),
            _ => outbound.message_type.clone(),
        };
        let unknown = !registers
            && (self.known.is_none() || self.known != request.header.product_instance_identifier);
        let (status, data, message) = if unknown {
            let message = "The identity is not valid. Please re-register the instance.";
            (ClassicStatus::Failed, nothing(), Some((INVALID_PRODUCT_INSTANCE, message)))
        } else {
            self.serve(&outbound.asked)
        };
        let header = Header {
            request_type: None,
            response_type: Some(kind),
            product_instance_identifier: self.known.clone(),
            connect_info: Some(ConnectInfo {
                name: "SSM".into(),
                version: "1.3".into(),
                production: true,
                additional_info: "".into(),
                capabilities: ["DLC", "AppHA", "EXPORT_2"].into_iter().collect(),
                extra: Extra::new(),
            }),
            ..request.header
        };
        let mut answer = ClassicAnswer::new(header, status, &data);
        if let Some((code, message)) = message {
            answer.message_code = Some(code.to_owned());
            answer.message = Some(message.to_owned());
        }
        if let Some(tamper) = &self.tamper {
            tamper(&mut answer);
        }
        let text = answer.encode();
        let signature = self.signs.then(|| {
            EnvelopeSignature::sha_256(STANDARD.encode(self.authority.sign(text.as_bytes())))
        });
        AnswerEnvelope::new(text, signature).encode()
    }

    /// A registration proves itself by its token, everything else by its signature.
    fn check_signature(&self, envelope: &RequestEnvelope, registers: bool) {
        assert_eq!(envelope.signature.is_none(), registers);
        assert_eq!(envelope.credential.is_some(), registers);
        if let Some(signature) = &envelope.signature {
            let der = STANDARD.decode(&signature.value).unwrap();
            assert!(self.key.verify(envelope.request.as_bytes(), &der));
        }
    }

    fn serve(&mut self, asked: &RequestData) -> Served {
        match asked {
            RequestData::Registration(request) => self.registration(request),
            RequestData::IdCertificateRenewal(_) => {
                let (id_cert, signing_cert, sub_ca_cert) = self.certificates();
                complete(AnswerData::IdCertificateRenewal(IdCertificateAnswer {
                    id_cert,
                    signing_cert,
                    sub_ca_cert,
                    renew_interval: 180 * DAY_S,
                    extra: Extra::new(),
                }))
            }
            RequestData::Entitlement(request) => {
                self.reported = request.entitlements.iter().map(reported).collect();
                complete(AnswerData::Entitlement(self.authorize()))
            }
            RequestData::Heartbeat(_) => complete(nothing()),
            RequestData::Deregistration(_) => {
                self.known = None;
                complete(nothing())
            }
            RequestData::ExportAuthorization(request) => self.export(request),
            RequestData::Conversion(_) => self.defer(AnswerData::Conversion(ConversionAnswer {
                poll_id: None,
                poll_interval: None,
                conversion_status: self.conversion_status.clone(),
                detail: String::new(),
                extra: Extra::new(),
            })),
            RequestData::Poll(poll) => self.poll(poll.poll_id),
            RequestData::ThirdPartyKey(request) => {
                let data = request.data.iter().map(|wanted| ThirdPartyKey {
                    id: wanted.id,
                    name: wanted.name.clone(),
                    value: "muster-test-voucher".to_owned(),
                    key_id: 41,
                    extra: Extra::new(),
                });
                let answer = ThirdPartyKeyAnswer { data: data.collect(), extra: Extra::new() };
                complete(AnswerData::ThirdPartyKey(answer))
            }
        }
    }

    fn registration(&mut self, request: &RegistrationRequest) -> Served {
        assert!(!request.csr.is_empty() && request.origin.product_instance_identifier.is_none());
        if let Some(reason) = self.refuses {
            return (ClassicStatus::Failed, nothing(), Some(("LS_INVALID_TOKEN", reason)));
        }
        if self.known.is_some() && !request.force {
            let message = "The product instance is registered already.";
            return (ClassicStatus::Failed, nothing(), Some(("LS_EXISTS", message)));
        }
        complete(AnswerData::Registration(self.register()))
    }

    fn export(&mut self, request: &ExportRequest) -> Served {
        let status = match request.action {
            ExportAction::Return => ExportStatus::Success,
            _ => self.export_status.clone(),
        };
        let authorizations = request.entitlements.iter().map(|wanted| ExportAuthorization {
            tag: wanted.tag.clone(),
            count: wanted.count,
            status: status.clone(),
            message: None,
            smart_license: None,
            extra: Extra::new(),
        });
        let authorizations = authorizations.collect();
        let answer = ExportAnswer { poll_id: None, authorizations, extra: Extra::new() };
        self.defer(AnswerData::ExportAuthorization(answer))
    }

    fn register(&mut self) -> RegistrationAnswer {
        let id = ProductInstanceId::new("7f3c1c1e-0b0e-4a54-9a55-2b1c0c5c0001");
        self.known = Some(id.clone());
        let (id_cert, signing_cert, sub_ca_cert) = self.certificates();
        RegistrationAnswer {
            product_instance_identifier: id,
            smart_account: "Muster Test SA".to_owned(),
            virtual_account: "Default".to_owned(),
            id_cert,
            signing_cert,
            sub_ca_cert,
            export_control_allowed: self.export_allowed,
            renew_interval: 180 * DAY_S,
            auth_renew_interval: 30 * DAY_S,
            extra: Extra::new(),
        }
    }

    fn certificates(&mut self) -> (String, String, String) {
        self.serial += 1;
        let validity = Validity { not_before_ms: self.now_ms as i64, days: 365 };
        let subject = "P:X,S:MST0";
        let spki = self.key.to_spki_der();
        let id = self.authority.instance_certificate_valid(subject, &spki, self.serial, validity);
        let signing = self.authority.signing_certificate_der();
        let ca = self.authority.sub_ca_der();
        (STANDARD.encode(id.unwrap()), STANDARD.encode(signing), STANDARD.encode(ca))
    }

    fn authorize(&self) -> EntitlementAnswer {
        let mut all = true;
        let mut entitlements = Vec::new();
        for (tag, count, _) in &self.reported {
            let enough = self.purchased.get(tag).is_none_or(|purchased| count <= purchased);
            all &= enough;
            entitlements.push(AuthorizedEntitlement {
                tag: tag.clone().into(),
                count: *count,
                enforce_mode: match enough {
                    true => EnforcementMode::InCompliance,
                    false => EnforcementMode::OutOfCompliance,
                },
                display_name: None,
                description: None,
                subscription_id: None,
                extra: Extra::new(),
            });
        }
        EntitlementAnswer {
            authorization_state: match all {
                true => AuthorizationState::Authorized,
                false => AuthorizationState::OutOfCompliance,
            },
            next_communication: self.now_ms + 30 * DAY_MS,
            communication_deadline: self.now_ms + 90 * DAY_MS,
            entitlements,
            extra: Extra::new(),
        }
    }

    fn defer(&mut self, data: AnswerData) -> Served {
        self.next_poll += 1;
        self.issued.insert(self.next_poll);
        self.deferred.insert(self.next_poll, data);
        self.later(self.next_poll)
    }

    fn later(&self, poll_id: u64) -> Served {
        let poll_id = PollId(poll_id);
        let deferred = Deferred { poll_id, poll_interval: 3600, extra: Extra::new() };
        (ClassicStatus::OkPoll, AnswerData::Deferred(deferred), None)
    }

    fn poll(&mut self, poll_id: PollId) -> Served {
        let Some(data) = self.deferred.get(&poll_id.0).cloned() else {
            return (
                ClassicStatus::Failed,
                nothing(),
                Some(("LS_UNKNOWN_POLL", "no such request")),
            );
        };
        if !self.ready {
            return self.later(poll_id.0);
        }
        (ClassicStatus::Complete, data, None)
    }

    /// The server is restored to a time before its deferred results.
    pub(crate) fn forget_deferred(&mut self) {
        self.deferred.clear();
    }
}

/// Tag, count and role of one licence in use.
fn reported(used: &UsedEntitlement) -> (String, u32, Option<String>) {
    let role = used.application.as_ref().map(|part| part.role.as_str().to_owned());
    (used.tag.as_str().to_owned(), used.count, role)
}

const fn complete(data: AnswerData) -> Served {
    (ClassicStatus::Complete, data, None)
}

fn nothing() -> AnswerData {
    AnswerData::Nothing(Extra::new())
}
