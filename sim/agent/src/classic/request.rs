//! Requests as an agent of the classic era words them.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log of a request; SSM On-Prem 7
//! User Guide for what the requests are about. The sample is signed with RSA; every key of Muster
//! is on P-256, so the signature is ECDSA with SHA-256 over the same bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use compact_str::{CompactString, ToCompactString};
use muster_certs::{InstanceKey, LoadedKeys};
use muster_wire::classic::header::{LOCALE, VERSION_1_3};
use muster_wire::classic::proposed::conversion::{ClassicLicense, ConversionRequest};
use muster_wire::classic::proposed::credential::Credential;
use muster_wire::classic::proposed::entitlement::{EntitlementRequest, UsedEntitlement};
use muster_wire::classic::proposed::export_authorization::{ExportAction, ExportRequest};
use muster_wire::classic::proposed::id_certificate::IdCertificateRequest;
use muster_wire::classic::proposed::life::DeregistrationRequest;
use muster_wire::classic::proposed::poll::PollRequest;
use muster_wire::classic::proposed::registration::{RegisteringInstance, RegistrationRequest};
use muster_wire::classic::third_party_key::{KeyRequest, ThirdPartyKeyRequest};
use muster_wire::classic::{
    ClassicRequest, ClassicSudi, EnvelopeSignature, Header, MessageType, Origin, RequestData,
    RequestEnvelope,
};
use muster_wire::transport::smart::{AGENT_NAME, ConnectInfo};
use muster_wire::{Entitlement, Extra, Nonce, PollId, Udi};

use super::effect::ClassicOutbound;
use super::registration::{Attempt, Held};
use super::third_party_key::ThirdPartyKeyRequested;
use super::transport::ServerChoice;
use super::uses::Uses;
use crate::platform::Platform;

/// Characters of the UDI that stand in a certificate request; the subject has room for no more.
const SUBJECT_LENGTH_MAX: usize = 59;

/// What every request of one exchange says about its sender.
pub(crate) struct Composer<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) held: Option<&'a Held>,
    pub(crate) key: &'a InstanceKey,
    pub(crate) server: ServerChoice,
}

/// Who asks, by the instance's clock in milliseconds since the epoch.
pub(crate) fn origin(udi: &Udi, held: Option<&Held>, clock_ms: u64, nonce: u64) -> Origin {
    Origin {
        sudi: ClassicSudi::from(udi),
        timestamp: clock_ms,
        nonce: Nonce(nonce.to_compact_string()),
        product_instance_identifier: held.and_then(|held| held.identifier.id()),
    }
}

impl Composer<'_> {
    /// A registration. It is not signed: the key becomes known with it.
    pub(crate) fn registration(
        &self,
        origin: Origin,
        attempt: &Attempt,
        hostname: CompactString,
    ) -> Box<ClassicOutbound> {
        let origin = Origin { product_instance_identifier: None, ..origin };
        let sudi = origin.sudi.clone();
        let data = RequestData::Registration(RegistrationRequest {
            csr: self.certificate_request(&sudi),
            origin,
            software_tag_identifier: self.platform.software_tag.clone(),
            product_version: Some(self.platform.software_version.clone()),
            hostname: Some(hostname),
            force: attempt.force,
            device_list: vec![RegisteringInstance {
                sudi,
                role: Some("Active".into()),
                extra: Extra::new(),
            }],
            extra: Extra::new(),
        });
        let unknown = Self { held: None, ..*self };
        unknown.outbound(data, Some(Credential::id_token(attempt.id_token.clone())))
    }

    pub(crate) fn id_certificate(&self, origin: Origin) -> Box<ClassicOutbound> {
        let csr = self.certificate_request(&origin.sudi);
        let data = IdCertificateRequest { origin, csr, extra: Extra::new() };
        self.outbound(RequestData::IdCertificateRenewal(data), None)
    }

    /// Everything in use, and the standby applications that use nothing yet.
    pub(crate) fn entitlement(
        &self,
        origin: Origin,
        uses: &Uses,
        renew: bool,
    ) -> Box<ClassicOutbound> {
        let entitlements = uses.0.iter().map(|used| {
            let license = &self.platform.licenses[usize::from(used.license)];
            UsedEntitlement {
                version: license.version().into(),
                tag: license.tag.clone(),
                count: used.count,
                application: used.application.as_ref().map(|part| part.application.to_wire()),
                extra: Extra::new(),
            }
        });
        let entitlements = entitlements.collect();
        let data = EntitlementRequest { origin, renew, entitlements, extra: Extra::new() };
        self.outbound(RequestData::Entitlement(data), None)
    }

    pub(crate) fn deregistration(&self, origin: Origin) -> Box<ClassicOutbound> {
        let data = DeregistrationRequest { origin, extra: Extra::new() };
        self.outbound(RequestData::Deregistration(data), None)
    }

    pub(crate) fn export(
        &self,
        origin: Origin,
        license: u8,
        count: u32,
        action: ExportAction,
    ) -> Box<ClassicOutbound> {
        let tag = self.platform.licenses[usize::from(license)].tag.clone();
        let entitlements = vec![Entitlement { tag, count }];
        let data = ExportRequest { origin, action, entitlements, extra: Extra::new() };
        self.outbound(RequestData::ExportAuthorization(data), None)
    }

    pub(crate) fn poll(
        &self,
        origin: Origin,
        poll_id: PollId,
        poll_type: MessageType,
    ) -> Box<ClassicOutbound> {
        let data = PollRequest { origin, poll_id, poll_type, extra: Extra::new() };
        self.outbound(RequestData::Poll(data), None)
    }

    /// A conversion of what is in use. Assumed: licences of the classic kind are rights to use, and
    /// what proves them is opaque.
    pub(crate) fn conversion(
        &self,
        origin: Origin,
        uses: &Uses,
        number: u32,
    ) -> Box<ClassicOutbound> {
        let proof = format!("muster test conversion {number} of {}", origin.sudi.udi());
        let licenses = uses.0.iter().filter(|used| used.count > 0).map(|used| {
            let license = &self.platform.licenses[usize::from(used.license)];
            ClassicLicense {
                license_type: "RTU".into(),
                license_name: license.feature.clone(),
                count: used.count,
                entitlement_tag: license.tag.clone(),
                extra: Extra::new(),
            }
        });
        let data = ConversionRequest {
            origin,
            conversion_id: number.into(),
            conversion_string: STANDARD.encode(proof),
            conversion_data: licenses.collect(),
            extra: Extra::new(),
        };
        self.outbound(RequestData::Conversion(data), None)
    }

    pub(crate) fn third_party_key(
        &self,
        origin: Origin,
        wanted: &ThirdPartyKeyRequested,
    ) -> Box<ClassicOutbound> {
        let tag = &self.platform.licenses[usize::from(wanted.license)].tag;
        let Origin { sudi, timestamp, nonce, product_instance_identifier } = origin;
        let key = KeyRequest {
            id: wanted.id.into(),
            name: wanted.name.clone(),
            value: tag.as_str().to_owned(),
            routing: wanted.routing.clone(),
            action: "GENERATE".into(),
            key_id: 0,
            extra: Extra::new(),
        };
        let data = ThirdPartyKeyRequest {
            sudi,
            timestamp,
            nonce,
            live: true,
            data: vec![key],
            product_instance_identifier,
            compliance_required: true,
            extra: Extra::new(),
        };
        self.outbound(RequestData::ThirdPartyKey(data), None)
    }

    /// Base64 of a certificate request. Empty for a UDI that no certificate can name, which a
    /// server then refuses.
    fn certificate_request(&self, sudi: &ClassicSudi) -> String {
        let udi = sudi.udi().to_string();
        let end = udi.char_indices().nth(SUBJECT_LENGTH_MAX).map_or(udi.len(), |(at, _)| at);
        let request = self.key.certificate_request(&udi[..end]);
        request.map_or_else(|_| String::new(), |der| STANDARD.encode(der))
    }

    fn outbound(&self, asked: RequestData, credential: Option<Credential>) -> Box<ClassicOutbound> {
        Box::new(ClassicOutbound {
            message_type: asked.message_type(),
            server: self.server,
            id_cert_serial_number: self.held.map(|held| held.serial.clone()),
            signing_cert_serial_number: self.held.map(|held| held.signing_serial.clone()),
            credential,
            asked,
        })
    }
}

impl ClassicOutbound {
    /// What stands above the data, as an instance of this platform says it.
    pub fn header(&self, platform: &Platform) -> Header {
        let Origin { sudi, timestamp, nonce, product_instance_identifier } = self.asked.origin();
        Header {
            version: VERSION_1_3.into(),
            locale: Some(LOCALE.into()),
            sudi,
            timestamp,
            nonce,
            connect_info: Some(ConnectInfo {
                name: AGENT_NAME.into(),
                version: platform.agent_version.clone(),
                production: true,
                additional_info: "".into(),
                capabilities: platform.capabilities.clone(),
                extra: Extra::new(),
            }),
            product_instance_identifier,
            id_cert_serial_number: self.id_cert_serial_number.clone(),
            signing_cert_serial_number: self.signing_cert_serial_number.clone(),
            ..Header::default()
        }
    }
}

/// Writes a request down and signs exactly what was written, unless a token proves who asks.
pub(crate) fn seal(
    outbound: &ClassicOutbound,
    platform: &Platform,
    key: &InstanceKey,
    loaded_keys: &mut LoadedKeys,
) -> RequestEnvelope {
    let text = ClassicRequest::new(outbound.header(platform), &outbound.asked).encode();
    let signature = outbound.credential.is_none().then(|| {
        let der = key.sign_with(text.as_bytes(), loaded_keys);
        EnvelopeSignature::sha_256(STANDARD.encode(der))
    });
    RequestEnvelope::new(text, signature, outbound.credential.clone())
}
