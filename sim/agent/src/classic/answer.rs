//! Answers as an agent of the classic era reads them. Nothing in them is trusted: each check that
//! fails has the number of a published agent error.
//!
//! Public: the agent errors. Assumed: which check comes first; that a refusal need not be signed,
//! for a server that does not know the instance may have nothing to sign with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use compact_str::CompactString;
use muster_certs::PublicKey;
use muster_wire::classic::answer_status::INVALID_PRODUCT_INSTANCE;
use muster_wire::classic::envelope::SHA_256;
use muster_wire::classic::proposed::agent_action::AgentAction;
use muster_wire::classic::proposed::poll::Deferred;
use muster_wire::classic::{
    AgentErrorCode, AnswerData, ClassicAnswer, ClassicReading, ClassicStatus, EnvelopeSignature,
    MessageType,
};
use muster_wire::{Error, ProductInstanceId, Udi};

use crate::syslog::http_error;

/// `capabilities` entry of a server that converts.
const CONVERTS: &str = "DLC";

/// What an answer must agree with.
pub(crate) struct Expected<'a> {
    pub(crate) nonce: u64,
    /// Type of the answer: that of the request, or of what was polled for.
    pub(crate) message_type: MessageType,
    pub(crate) udi: &'a Udi,
    /// None while registering.
    pub(crate) identifier: Option<&'a ProductInstanceId>,
    pub(crate) server_key: Option<&'a PublicKey>,
}

/// What an answer comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply<'a> {
    /// No server of this protocol answered.
    Unreachable(String),
    /// An answer that is no use.
    Wrong(AgentErrorCode),
    /// The server asks for another attempt later.
    TryAgain(String),
    /// The server refused.
    Failed { reason: String, why: Why },
    /// The result is not there yet.
    Deferred(&'a Deferred),
    /// Done.
    Complete(&'a AnswerData),
}

/// Which kind of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The server does not know the instance.
    NotRegistered,
    /// The message version is too high for the server.
    VersionTooHigh,
    /// Anything else.
    Other,
}

/// What an answer says beside its result.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct About {
    /// What the server wants done.
    pub(crate) wishes: Vec<AgentAction>,
    /// Its message version.
    pub(crate) version: CompactString,
    /// Whether it says that it can convert.
    pub(crate) converts: Option<bool>,
}

/// Reads an answer.
pub(crate) fn read<'a>(
    status: u16,
    reading: &'a ClassicReading,
    expected: &Expected<'_>,
) -> (Reply<'a>, About) {
    if !(200..300).contains(&status) {
        return (Reply::Unreachable(http_error(status)), About::default());
    }
    match open(reading, expected) {
        Ok(answer) => (reply(answer, reading.data.as_ref()), about(answer)),
        Err(code) => (Reply::Wrong(code), About::default()),
    }
}

fn open<'a>(
    reading: &'a ClassicReading,
    expected: &Expected<'_>,
) -> Result<&'a ClassicAnswer, AgentErrorCode> {
    let envelope = reading.envelope.as_ref().map_err(AgentErrorCode::of_undecodable)?;
    let answer = match &reading.answer {
        Some(answer) => answer.as_ref().map_err(AgentErrorCode::of_undecodable)?,
        None => return Err(AgentErrorCode::MESSAGE_PARSE),
    };
    let nonce = expected.nonce.to_string();
    if answer.nonce.as_str() != nonce || answer.header.nonce.as_str() != nonce {
        return Err(AgentErrorCode::NONCE_MISMATCH);
    }
    let good = matches!(answer.status, ClassicStatus::Complete | ClassicStatus::OkPoll);
    match answer.message_type().map_err(|error| AgentErrorCode::of_undecodable(&error))? {
        kind if *kind == expected.message_type => {}
        MessageType::Poll if !good => {}
        MessageType::Other(_) => return Err(AgentErrorCode::UNSUPPORTED_RESPONSE),
        _ => return Err(AgentErrorCode::INVALID_RESPONSE),
    }
    if answer.header.sudi.udi() != *expected.udi {
        return Err(AgentErrorCode::IDENTIFIER_MISMATCH);
    }
    if let (Some(own), Some(theirs)) =
        (expected.identifier, &answer.header.product_instance_identifier)
        && own != theirs
    {
        return Err(AgentErrorCode::IDENTIFIER_MISMATCH);
    }
    if let Some(key) = expected.server_key
        && good
        && !is_signed(&envelope.response, envelope.signature.as_ref(), key)
    {
        return Err(AgentErrorCode::SIGNATURE_VERIFICATION);
    }
    Ok(answer)
}

fn is_signed(text: &str, signature: Option<&EnvelopeSignature>, key: &PublicKey) -> bool {
    signature.is_some_and(|signature| {
        let der = STANDARD.decode(&signature.value);
        signature.kind == SHA_256 && der.is_ok_and(|der| key.verify(text.as_bytes(), &der))
    })
}

fn reply<'a>(answer: &ClassicAnswer, data: Option<&'a Result<AnswerData, Error>>) -> Reply<'a> {
    match &answer.status {
        ClassicStatus::Complete | ClassicStatus::OkPoll => match data {
            Some(Ok(AnswerData::Deferred(deferred))) => Reply::Deferred(deferred),
            Some(Ok(data)) => Reply::Complete(data),
            Some(Err(error)) => Reply::Wrong(AgentErrorCode::of_undecodable(error)),
            None => Reply::Wrong(AgentErrorCode::MESSAGE_PARSE),
        },
        ClassicStatus::OkTryAgain => Reply::TryAgain(reason(answer)),
        ClassicStatus::Failed => {
            let unknown = answer.message_code.as_deref() == Some(INVALID_PRODUCT_INSTANCE);
            let why = if unknown { Why::NotRegistered } else { Why::Other };
            Reply::Failed { reason: reason(answer), why }
        }
        ClassicStatus::VersionTooHigh => {
            Reply::Failed { reason: reason(answer), why: Why::VersionTooHigh }
        }
        ClassicStatus::Other(_) => Reply::Wrong(AgentErrorCode::INVALID_RESPONSE),
    }
}

/// What the server says went wrong; the agent's own words when it says nothing.
fn reason(answer: &ClassicAnswer) -> String {
    let said = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    said(&answer.message)
        .or_else(|| said(&answer.message_code))
        .unwrap_or_else(|| AgentErrorCode::RESPONSE_FAILED.to_string())
}

fn about(answer: &ClassicAnswer) -> About {
    let info = answer.header.connect_info.as_ref();
    About {
        wishes: answer.header.actions(),
        version: answer.header.version.clone(),
        converts: info.map(|info| info.capabilities.iter().any(|can| can == CONVERTS)),
    }
}
