//! Smart Transport answers: the full envelope and the short failure envelope.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id" and "Error Response packet".

use serde::{Deserialize, Serialize};

use super::smart::{ENVELOPE_BYTES, SenderInfo};
use crate::identifiers::{Nonce, PollId};
use crate::{
    AnswerStatus, Artefact, Error, Extra, LineStatus, Sudi, limits, optional_list, optional_text,
    scanning, writing,
};

const FORMAT: &str = "Smart Transport answer";

/// One answer body, full or short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SmartAnswer {
    /// Who answers; absent in the short failure envelope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_info: Option<SenderInfo>,
    /// Whether the envelope was processed.
    pub status: AnswerStatus,
    /// Short envelope only: what failed, for example `ERROR Consuming licenses`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_code: Option<String>,
    /// Short envelope only: detail, often empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Short envelope only; the full one carries it in `sender_info`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Nonce>,
    /// One entry per request line; absent in the short envelope.
    #[serde(
        default,
        deserialize_with = "optional_list::deserialize",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub license_data: Vec<AnswerLine>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The answer to one request line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerLine {
    /// How the line went.
    pub status: LineStatus,
    /// Number of the request line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_line_id: Option<u64>,
    /// The instance the line is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sudi: Option<Sudi>,
    /// With `OK_POLL`: names the deferred result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_id: Option<PollId>,
    /// With `OK_POLL` and `OK_TRY_AGAIN`: seconds until the next attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_interval: Option<u64>,
    /// Why a line failed. Assumed at line level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_code: Option<String>,
    /// Detail of the failure. Assumed at line level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Base64 of the artefact (XML); none while deferred.
    #[serde(default, with = "optional_text")]
    pub smart_license: Option<String>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl SmartAnswer {
    /// The short failure envelope.
    pub fn failure(message_code: &str, message: &str, nonce: Nonce) -> Self {
        Self {
            sender_info: None,
            status: AnswerStatus::Failed,
            message_code: Some(message_code.to_owned()),
            message: Some(message.to_owned()),
            nonce: Some(nonce),
            license_data: Vec::new(),
            extra: Extra::new(),
        }
    }

    /// Reads an answer body; at most [`limits::MESSAGE_BYTES_MAX`] bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let text = limits::text(FORMAT, bytes, limits::MESSAGE_BYTES_MAX)?;
        scanning::smart_answer(text).map_or_else(|| limits::json(FORMAT, text), Ok)
    }

    /// The answer body.
    pub fn encode(&self) -> Vec<u8> {
        let artefacts = self.license_data.iter().filter_map(|line| line.smart_license.as_ref());
        let capacity = ENVELOPE_BYTES + artefacts.map(String::len).sum::<usize>();
        writing::json(self, capacity).into_bytes()
    }

    /// Whether this is the short failure envelope.
    pub fn is_short(&self) -> bool {
        self.sender_info.is_none() && self.license_data.is_empty()
    }

    /// The nonce, wherever the form carries it.
    pub fn nonce(&self) -> Option<&Nonce> {
        self.sender_info.as_ref().map(|sender| &sender.nonce).or(self.nonce.as_ref())
    }
}

impl AnswerLine {
    /// What `smart_license` decodes to; none when there is nothing in it.
    pub fn artefact(&self) -> Option<Result<Artefact, Error>> {
        let text = self.smart_license.as_deref().filter(|text| !text.is_empty())?;
        Some(Artefact::from_smart_license(text))
    }

    /// A line with only a status and a number.
    pub fn new(status: LineStatus, request_line_id: u64) -> Self {
        Self {
            status,
            request_line_id: Some(request_line_id),
            sudi: None,
            poll_id: None,
            poll_interval: None,
            message_code: None,
            message: None,
            smart_license: None,
            extra: Extra::new(),
        }
    }
}
