//! What a handler says, and the signed envelope around it.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log (the request's envelope,
//! and the status words of an answer). Assumed: that the answer's envelope mirrors it, and that
//! every answer is signed, also to a sender who cannot verify it yet.

use muster_wire::classic::header::{LOCALE, VERSION_1_3};
use muster_wire::classic::proposed::agent_action::AgentAction;
use muster_wire::classic::proposed::poll::Deferred;
use muster_wire::classic::{
    AnswerData, AnswerEnvelope, ClassicAnswer, ClassicStatus, ClassicSudi, EnvelopeSignature,
    Header, MessageType,
};
use muster_wire::transport::smart::{ConnectInfo, SSM_NAME};
use muster_wire::{Capabilities, Extra, PollId, ProductInstanceId};
use serde_json::Value;

use super::compatibility::check_message_version;
use super::refusal::Refusal;
use crate::envelope::SSM_CAPABILITIES;
use crate::handler::TRY_AGAIN_MESSAGE;
use crate::message::ServerAnswer;
use crate::server::Core;

/// The capability of agents that can be told to try again.
const OK_TRY_AGAIN: &str = "OK_TRY_AGAIN";

/// What a handler says.
pub(super) struct Reply {
    kind: MessageType,
    status: ClassicStatus,
    data: AnswerData,
    actions: Vec<AgentAction>,
    identity: Option<(ProductInstanceId, u64)>,
}

impl Reply {
    /// A finished answer.
    pub(super) fn complete(kind: MessageType, data: AnswerData) -> Self {
        Self { kind, status: ClassicStatus::Complete, data, actions: Vec::new(), identity: None }
    }

    /// Nothing yet: come back after some seconds.
    pub(super) fn deferred(
        kind: MessageType,
        poll_id: PollId,
        poll_interval: u64,
        words: Extra,
    ) -> Self {
        let data = AnswerData::Deferred(Deferred { poll_id, poll_interval, extra: words });
        Self { status: ClassicStatus::OkPoll, ..Self::complete(kind, data) }
    }

    /// What the instance is to do.
    pub(super) fn with_actions(self, actions: Vec<AgentAction>) -> Self {
        Self { actions, ..self }
    }

    /// The identifier and the number of the ID certificate it has from now on.
    pub(super) fn with_identity(self, identifier: ProductInstanceId, serial: u64) -> Self {
        Self { identity: Some((identifier, serial)), ..self }
    }

    /// As it is, or with the identity the sender has.
    pub(super) fn or_identity(self, identifier: ProductInstanceId, serial: u64) -> Self {
        match self.identity {
            Some(_) => self,
            None => self.with_identity(identifier, serial),
        }
    }
}

/// The answer body around what was said to a request with this header.
pub(super) fn wrapped(core: &Core, asked: &Header, said: Result<Reply, Refusal>) -> ServerAnswer {
    let mut header = answering(core, asked);
    let mut answer = match said {
        Ok(mut reply) => {
            core.defects.alter(&mut reply.data);
            header.response_type = Some(reply.kind);
            header.set_actions(&reply.actions);
            if let Some((identifier, serial)) = reply.identity {
                header.product_instance_identifier = Some(identifier);
                header.id_cert_serial_number = Some(serial.to_string().into());
            }
            ClassicAnswer::new(header, reply.status, &reply.data)
        }
        Err(refusal) => refused(header, asked, refusal),
    };
    core.defects.alter(&mut answer);
    let text = answer.encode();
    let signature = EnvelopeSignature::sha_256(core.signature(&text));
    ServerAnswer::json(200, AnswerEnvelope::new(text, Some(signature)).encode())
}

fn refused(header: Header, asked: &Header, refusal: Refusal) -> ClassicAnswer {
    let mut capabilities = asked.connect_info.iter().flat_map(|agent| agent.capabilities.iter());
    let (status, code, message) = match refusal {
        Refusal::Failed { code, message } => (ClassicStatus::Failed, code, message),
        Refusal::VersionTooHigh { message } => {
            (ClassicStatus::VersionTooHigh, "VERSION_TOO_HIGH", message)
        }
        Refusal::TryAgain => {
            let known = capabilities.any(|capability| capability == OK_TRY_AGAIN);
            let status = if known { ClassicStatus::OkTryAgain } else { ClassicStatus::Failed };
            (status, "LS_TRY_AGAIN", TRY_AGAIN_MESSAGE.to_owned())
        }
    };
    tracing::debug!(code, message, nonce = header.nonce.as_str(), "classic request refused");
    let mut answer = ClassicAnswer::new(header, status, &AnswerData::Nothing(Extra::new()));
    answer.message_code = Some(code.to_owned());
    answer.message = Some(message);
    answer
}

/// The header of the answer to a header.
fn answering(core: &Core, asked: &Header) -> Header {
    let version = match check_message_version(&asked.version) {
        Ok(()) => asked.version.clone(),
        Err(_) => VERSION_1_3.into(),
    };
    Header {
        version,
        locale: asked.locale.clone().or_else(|| Some(LOCALE.into())),
        sudi: ClassicSudi { extra: Extra::new(), ..asked.sudi.clone() },
        timestamp: core.clock.now_ms(),
        nonce: asked.nonce.clone(),
        request_type: None,
        response_type: asked.request_type.clone(),
        agent_actions: Value::Null,
        connect_info: Some(ConnectInfo {
            name: SSM_NAME.into(),
            version: VERSION_1_3.into(),
            // Both sides must mean the same kind of certificates, so the server agrees.
            production: asked.connect_info.as_ref().is_some_and(|agent| agent.production),
            additional_info: Value::String(String::new()),
            capabilities: Capabilities::clone(&SSM_CAPABILITIES),
            extra: Extra::new(),
        }),
        product_instance_identifier: asked.product_instance_identifier.clone(),
        id_cert_serial_number: asked.id_cert_serial_number.clone(),
        signing_cert_serial_number: Some(core.signing_serial.as_str().into()),
        extra: Extra::new(),
    }
}
