//! Requests as an agent words them.
//!
//! Source: Troubleshoot SLP on 9800, "Usage Reporting" (three request samples).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use compact_str::ToCompactString as _;
use muster_certs::{InstanceKey, LoadedKeys};
use muster_wire::artefact::to_smart_license;
use muster_wire::proposed::authorization_request::{
    AuthorizationRequest, AuthorizationRequestEntry,
};
use muster_wire::proposed::system_info::SystemInfo;
use muster_wire::proposed::trust_request::{TrustRequest, TrustRequestEntry};
use muster_wire::rum_report::{
    ReportSignature, RumReport, SIGNING_TYPE_BUILTIN, SIGNING_TYPE_SHA256,
};
use muster_wire::transport::smart::{
    AGENT_NAME, ConnectInfo, ListedInstance, RequestLine, SenderInfo, SmartRequest,
};
use muster_wire::usage_file::UsageFile;
use muster_wire::{Artefact, Extra, Nonce, PollId, RequestType, Sudi, TrustId, Udi};

use crate::effect::SealedRequest;
use crate::identity::Place;
use crate::platform::HaRole;
use crate::policy::payload::Writer;
use crate::policy::rum_reports::{Signature, StoredReport};
use crate::policy::trust::TokenInstall;

/// Number of the only line an agent puts into a request.
pub(crate) const LINE_ID: u64 = 1;

/// What every request of one exchange says about its sender.
pub(crate) struct Composer<'a> {
    pub(crate) writer: Writer<'a>,
    pub(crate) place: Place,
    pub(crate) key: &'a InstanceKey,
    pub(crate) loaded_keys: &'a mut LoadedKeys,
    /// The instance's clock, milliseconds since the epoch.
    pub(crate) clock_ms: u64,
    pub(crate) nonce: u64,
}

impl Composer<'_> {
    /// A trust request; with a token it is `ID_TOKEN_TRUST`.
    pub(crate) fn trust(
        &mut self,
        trust_id: TrustId,
        token: Option<&TokenInstall>,
        force: bool,
    ) -> SealedRequest {
        let request = self.trust_request(trust_id, token, force);
        let kind = if token.is_some() { RequestType::IdTokenTrust } else { RequestType::TrustSync };
        let smart_license = to_smart_license(&request.encode());
        let asked = Artefact::TrustRequest(Box::new(request));
        self.sealed(kind, None, Some((smart_license, asked)))
    }

    /// What a trust request asks.
    pub(crate) fn trust_request(
        &mut self,
        trust_id: TrustId,
        token: Option<&TokenInstall>,
        force: bool,
    ) -> TrustRequest {
        let entry = TrustRequestEntry {
            sudi: self.sudi(),
            trust_id,
            timestamp: self.clock_ms,
            force: force || token.is_some_and(|token| token.force),
            id_token: token.map(|token| token.id_token.clone()),
            public_key: self.key.public_key_with(self.loaded_keys).to_spki_base64(),
            extra: Extra::new(),
        };
        TrustRequest::new(self.system_info(), vec![entry], |text| self.sign(text))
    }

    /// A message about an authorization code.
    pub(crate) fn authorization(
        &self,
        kind: RequestType,
        entry: AuthorizationRequestEntry,
    ) -> SealedRequest {
        let request = self.authorization_request(entry);
        let smart_license = to_smart_license(&request.encode());
        let asked = Artefact::AuthorizationRequest(Box::new(request));
        self.sealed(kind, None, Some((smart_license, asked)))
    }

    /// What a request for an authorization code, its confirmation or its return says.
    pub(crate) fn authorization_request(
        &self,
        entry: AuthorizationRequestEntry,
    ) -> AuthorizationRequest {
        AuthorizationRequest { system_info: Some(self.system_info()), entries: vec![entry] }
    }

    /// A usage request over `stored`, signed under `trust_id`.
    pub(crate) fn usage<'r>(
        &mut self,
        trust_id: TrustId,
        stored: impl Iterator<Item = &'r mut StoredReport>,
    ) -> SealedRequest {
        let file = self.usage_file(Some(trust_id), stored);
        let smart_license = to_smart_license(&file.encode());
        let asked = Artefact::Usage(Box::new(file));
        self.sealed(RequestType::LicenseUsage, None, Some((smart_license, asked)))
    }

    /// A usage file over `stored`, signed under `trust_id`, or built in without trust (public).
    pub(crate) fn usage_file<'r>(
        &mut self,
        trust_id: Option<TrustId>,
        stored: impl Iterator<Item = &'r mut StoredReport>,
    ) -> UsageFile {
        let reports = stored
            .map(|stored| match trust_id {
                Some(trust_id) => self.report(trust_id, stored),
                None => self.untrusted_report(stored),
            })
            .collect();
        UsageFile { reports, system_info: Some(self.system_info()) }
    }

    pub(crate) fn poll(&self, poll_id: PollId) -> SealedRequest {
        self.sealed(RequestType::Poll, Some(poll_id), None)
    }

    fn report(&mut self, trust_id: TrustId, stored: &mut StoredReport) -> RumReport {
        let payload = self.payload(stored);
        let content = stored.content.as_mut().expect("a report to be sent has its content");
        let standing = content.signature.take().filter(|one| one.trust_id == trust_id.0);
        let signature = standing.unwrap_or_else(|| Signature {
            trust_id: trust_id.0,
            value: self.sign(&payload).into(),
        });
        let value = content.signature.insert(signature).value.to_string();
        RumReport::new(
            payload,
            ReportSignature {
                sudi: self.sudi(),
                signing_type: SIGNING_TYPE_SHA256.to_owned(),
                key: trust_id.to_string(),
                value,
                extra: Extra::new(),
            },
        )
    }

    /// Assumed: SHA-256 over the payload; the product's own scheme is not public, and no server can
    /// check it.
    fn untrusted_report(&self, stored: &StoredReport) -> RumReport {
        let payload = self.payload(stored);
        let signature = ReportSignature {
            sudi: self.sudi(),
            signing_type: SIGNING_TYPE_BUILTIN.to_owned(),
            key: self.writer.platform.software_tag.to_string(),
            value: STANDARD.encode(digest(&SHA256, payload.as_bytes())),
            extra: Extra::new(),
        };
        RumReport::new(payload, signature)
    }

    /// The payload of a closed report, in the name of who the instance was then.
    fn payload(&self, stored: &StoredReport) -> String {
        let content = stored.content.as_ref().expect("a report to be sent has its content");
        let (platform, members) = (self.writer.platform, content.author.members);
        let same = self.writer.identity.ha_udis().count() == usize::from(members);
        let then = (!same).then(|| self.place.identity_of_set(platform, members));
        let product_instance = content.author.product_instance.id();
        let identity = then.as_ref().unwrap_or(self.writer.identity);
        let writer = Writer::new(platform, identity, product_instance.as_ref());
        writer.payload(stored.id, stored.license_on(platform), &content.measured, stored.reason)
    }

    fn sign(&mut self, text: &str) -> String {
        STANDARD.encode(self.key.sign_with(text.as_bytes(), self.loaded_keys))
    }

    fn sudi(&self) -> Sudi {
        Sudi::from(&self.writer.identity.udi)
    }

    /// Every UDI of the instance. Assumed: the identifier, which came with the trust code of the
    /// active one, is given with that one only.
    fn listed(&self) -> Vec<ListedInstance> {
        let Writer { platform, identity, product_instance } = self.writer;
        let listed = |(role, udi): (HaRole, &Udi)| ListedInstance {
            sudi: Sudi::from(udi),
            software_tag_identifier: platform.software_tag.clone(),
            product_instance_identifier: product_instance
                .filter(|_| role == HaRole::Active)
                .cloned(),
            product_version: Some(platform.software_version.clone()),
            hostname: Some(identity.hostname.clone()),
            role: Some(role.as_str().into()),
            extra: Extra::new(),
        };
        identity.ha_udis().map(listed).collect()
    }

    fn nonce(&self) -> Nonce {
        Nonce(self.nonce.to_compact_string())
    }

    fn system_info(&self) -> SystemInfo {
        let Writer { platform, identity, product_instance } = self.writer;
        SystemInfo {
            sudi: self.sudi(),
            timestamp: self.clock_ms,
            nonce: self.nonce(),
            hostname: Some(identity.hostname.clone()),
            product_instance_identifier: product_instance.cloned(),
            software_tag_identifier: platform.software_tag.clone(),
            device_list: self.listed(),
            extra: Extra::new(),
        }
    }

    fn sealed(
        &self,
        request_type: RequestType,
        poll_id: Option<PollId>,
        artefact: Option<(String, Artefact)>,
    ) -> SealedRequest {
        let (smart_license, asked) = artefact.unzip();
        let Writer { platform, product_instance, .. } = self.writer;
        let request = SmartRequest {
            sender_info: SenderInfo {
                connect_info: ConnectInfo {
                    name: AGENT_NAME.into(),
                    version: platform.agent_version.clone(),
                    production: true,
                    additional_info: "".into(),
                    capabilities: platform.capabilities.clone(),
                    extra: Extra::new(),
                },
                timestamp: self.clock_ms,
                nonce: self.nonce(),
                sudi: self.sudi(),
                product_instance_identifier: product_instance.cloned(),
                software_tag_identifier: platform.software_tag.clone(),
                extra: Extra::new(),
            },
            device_list: self.listed(),
            license_data: vec![RequestLine {
                request_type: Some(request_type),
                request_line_id: LINE_ID,
                sudi: Some(self.sudi()),
                poll_id,
                smart_license,
                extra: Extra::new(),
            }],
            request_type: None,
            extra: Extra::new(),
        };
        SealedRequest { request, asked }
    }
}
