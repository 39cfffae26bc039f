//! One classic exchange: the request is read, checked, and given to the handler of its type.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log (one nonce in three places).
//! Assumed: that a registration needs no signature.

use muster_wire::classic::header::VERSION_1_3;
use muster_wire::classic::proposed::conversion::ConversionStatus;
use muster_wire::classic::proposed::poll::PollRequest;
use muster_wire::classic::{ClassicRequest, Header, MessageType, RequestData, RequestEnvelope};
use muster_wire::{Nonce, ProductInstanceId, Udi};

use super::compatibility::check_message_version;
use super::conversion::conversion_reply;
use super::refusal::Refusal;
use super::reply::{Reply, wrapped};
use super::sender::Sender;
use crate::derivation::Digest;
use crate::handler::{NONCE_LENGTH_MAX, checked_udi};
use crate::message::ServerAnswer;
use crate::router::{Endpoint, Role};
use crate::server::Core;

/// Characters of a text of the header that the answer repeats.
const TEXT_LENGTH_MAX: usize = 128;

/// How far into a broken body a nonce is looked for.
const SALVAGED_BYTES_MAX: usize = 64 * 1024;

/// One request and where and when it came.
pub(super) struct Asked<'a> {
    pub(super) role: Role,
    pub(super) envelope: &'a RequestEnvelope,
    pub(super) header: &'a Header,
    pub(super) kind: &'a MessageType,
    /// Whose record the request is about: the sender's, or the one of the set it is a member of.
    pub(super) udi: Udi,
    pub(super) now_ms: u64,
    /// Of the whole body.
    pub(super) digest: Digest,
}

/// Answers one request body.
pub(crate) fn answer(
    core: &Core,
    endpoint: Endpoint,
    body: &[u8],
    try_again: bool,
) -> ServerAnswer {
    let nameless = |nonce| Header { version: VERSION_1_3.into(), nonce, ..Header::default() };
    let read = RequestEnvelope::decode(body).and_then(|of| of.open().map(|request| (of, request)));
    let (envelope, request) = match read {
        Ok(read) => read,
        Err(error) => {
            let refusal = Refusal::invalid_request(error.to_string());
            return wrapped(core, &nameless(salvaged_nonce(body)), Err(refusal));
        }
    };
    if let Err(fault) = checked(&request) {
        let nonce = Some(request.nonce).filter(|nonce| nonce.as_str().len() <= NONCE_LENGTH_MAX);
        let header = nameless(nonce.unwrap_or_default());
        return wrapped(core, &header, Err(Refusal::invalid_request(fault)));
    }
    let said = said(core, endpoint, body, (&envelope, &request), try_again);
    wrapped(core, &answered_header(&request), said)
}

/// The header an answer goes by: a poll is answered under the type of what it is for.
fn answered_header(request: &ClassicRequest) -> Header {
    let mut header = request.header.clone();
    if let Ok(RequestData::Poll(PollRequest { poll_type, .. })) = request.data()
        && poll_type.as_str().len() <= TEXT_LENGTH_MAX
    {
        header.request_type = Some(poll_type);
    }
    header
}

fn said(
    core: &Core,
    endpoint: Endpoint,
    body: &[u8],
    (envelope, request): (&RequestEnvelope, &ClassicRequest),
    try_again: bool,
) -> Result<Reply, Refusal> {
    check_message_version(&request.header.version)?;
    let kind = request.message_type().map_err(|of| Refusal::invalid_request(of.to_string()))?;
    if let MessageType::Other(word) = kind {
        return Err(Refusal::unknown_type(word));
    }
    if try_again {
        return Err(Refusal::TryAgain);
    }
    let asked = Asked {
        role: endpoint.role(),
        envelope,
        header: &request.header,
        kind,
        udi: core.recorded(&request.header),
        now_ms: core.clock.now_ms(),
        digest: Digest::of_request(body),
    };
    if *kind == MessageType::Registration {
        let asked = Asked { udi: request.header.sudi.udi(), ..asked };
        return core.handled(&asked, request, None);
    }
    match core.proven(&asked) {
        Ok(sender) => {
            let reply = core.handled(&asked, request, Some(&sender))?;
            Ok(reply.or_identity(sender.identifier, sender.serial))
        }
        Err(refusal) => not_registered(core, &asked, request).ok_or(refusal),
    }
}

impl Core {
    /// The UDI under which a sender is recorded. Assumed: after a switchover the other members of
    /// a stack or pair go on under its identifier and with its certificate.
    fn recorded(&self, header: &Header) -> Udi {
        let udi = header.sudi.udi();
        let store = self.store();
        let owner = header.product_instance_identifier.as_ref().and_then(|identifier| {
            let owner = store.classic.by_identifier.get(identifier)?;
            let is_member = store.classic.instance(owner)?.members.contains(&udi);
            is_member.then(|| owner.clone())
        });
        owner.unwrap_or(udi)
    }

    /// What the handler of the type says; without a sender only a registration is handled.
    fn handled(
        &self,
        asked: &Asked<'_>,
        request: &ClassicRequest,
        sender: Option<&Sender>,
    ) -> Result<Reply, Refusal> {
        let data = match data_of(asked, request) {
            // Documented for conversions: whoever sends something else is told so.
            Err(_) if *asked.kind == MessageType::Conversion => {
                return Ok(conversion_reply(ConversionStatus::InvalidMessageType));
            }
            data => data?,
        };
        match (&data, sender) {
            (RequestData::Registration(data), None) => self.register(asked, data),
            (RequestData::IdCertificateRenewal(data), Some(_)) => self.renew_id(asked, data),
            (RequestData::Entitlement(data), Some(_)) => self.authorize(asked, data),
            (RequestData::Heartbeat(_), Some(_)) => self.heartbeat(asked),
            (RequestData::Deregistration(_), Some(_)) => self.leave(asked),
            (RequestData::ExportAuthorization(data), Some(of)) => self.export(asked, of, data),
            (RequestData::Conversion(data), Some(sender)) => self.convert(asked, sender, data),
            (RequestData::Poll(data), Some(sender)) => self.classic_poll(asked, sender, data),
            (RequestData::ThirdPartyKey(data), Some(_)) => self.third_party_key(asked, data),
            _ => Err(Refusal::invalid_request("the data is not of the header's type")),
        }
    }
}

/// What a conversion is answered when nobody knows the sender (documented), also when it polls.
fn not_registered(core: &Core, asked: &Asked<'_>, request: &ClassicRequest) -> Option<Reply> {
    if core.store().classic.instance(&asked.udi).is_some_and(|of| of.role == asked.role) {
        return None;
    }
    let is_conversion = match data_of(asked, request).ok()? {
        RequestData::Conversion(_) => true,
        RequestData::Poll(PollRequest { poll_type, .. }) => poll_type == MessageType::Conversion,
        _ => false,
    };
    is_conversion.then(|| conversion_reply(ConversionStatus::AgentNotRegistered))
}

/// What the request asks, once it agrees with the header about sender and exchange.
fn data_of(asked: &Asked<'_>, request: &ClassicRequest) -> Result<RequestData, Refusal> {
    let data = request.data().map_err(|error| Refusal::invalid_request(error.to_string()))?;
    if *data.nonce() != asked.header.nonce {
        return Err(Refusal::invalid_request("the data has another nonce than the header"));
    }
    if data.sudi().udi() != asked.header.sudi.udi() {
        return Err(Refusal::invalid_request("the data is about another product instance"));
    }
    Ok(data)
}

/// What must hold before a request is looked into.
fn checked(request: &ClassicRequest) -> Result<(), &'static str> {
    let header = &request.header;
    let nonce = header.nonce.as_str();
    if nonce.is_empty() || nonce.len() > NONCE_LENGTH_MAX {
        return Err("the nonce must have 1 to 128 characters");
    }
    if request.nonce != header.nonce {
        return Err("the request has another nonce than its header");
    }
    let sudi = &header.sudi;
    let texts = [
        header.locale.as_deref(),
        header.id_cert_serial_number.as_deref(),
        header.product_instance_identifier.as_ref().map(ProductInstanceId::as_str),
        header.request_type.as_ref().map(MessageType::as_str),
        sudi.suvi.as_deref(),
        sudi.uuid.as_deref(),
        sudi.host_identifier.as_deref(),
        sudi.mac_address.as_deref(),
        sudi.udi_vid.as_deref(),
        Some(&header.version),
    ];
    if texts.iter().flatten().any(|text| text.len() > TEXT_LENGTH_MAX) {
        return Err("a text of the header may have 128 characters");
    }
    checked_udi(&sudi.udi())
}

/// The nonce of a body that is no request, if one can be seen in it; empty otherwise. The inner
/// text is escaped once or twice, so backslashes are passed over.
fn salvaged_nonce(body: &[u8]) -> Nonce {
    let body = &body[..body.len().min(SALVAGED_BYTES_MAX)];
    let text = String::from_utf8_lossy(body).replace('\\', "");
    let found = text.split_once("\"nonce\"").and_then(|(_, rest)| {
        let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        rest.split_once('"').map(|(nonce, _)| nonce.to_owned())
    });
    found.filter(|nonce| nonce.len() <= NONCE_LENGTH_MAX).map_or_else(Nonce::default, Nonce::from)
}
