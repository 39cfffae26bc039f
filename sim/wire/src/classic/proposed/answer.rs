//! The answer envelope and the text inside.
//!
//! Public: `FAILED` with a message, and the checks an agent makes on an answer. Assumed: that the
//! envelope mirrors the request's, and every member's place.

use serde::{Deserialize, Serialize};

use super::answer_data::AnswerData;
use crate::classic::answer_status::ClassicStatus;
use crate::classic::envelope::EnvelopeSignature;
use crate::classic::header::Header;
use crate::classic::message_type::MessageType;
use crate::identifiers::Nonce;
use crate::{Error, Extra, limits};

const FORMAT: &str = "classic answer";
const TEXT: &str = "classic answer text";

/// One answer body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerEnvelope {
    /// By the key of the server's signing certificate; none when the server has none to sign with.
    #[serde(default)]
    pub signature: Option<EnvelopeSignature>,
    /// The exact text the signature covers: JSON of a [`ClassicAnswer`].
    pub response: String,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The inner answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassicAnswer {
    /// Who answers what.
    pub header: Header,
    /// How the request went.
    pub status: ClassicStatus,
    /// Why not, as a code.
    #[serde(default)]
    pub message_code: Option<String>,
    /// Why not.
    #[serde(default)]
    pub message: Option<String>,
    /// The request's nonce.
    pub nonce: Nonce,
    /// JSON text whose form depends on the header's type and the status.
    #[serde(default)]
    pub response_data: String,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl AnswerEnvelope {
    /// Puts a signature beside the text it covers, which is [`ClassicAnswer::encode`].
    pub fn new(response: String, signature: Option<EnvelopeSignature>) -> Self {
        Self { signature, response, extra: Extra::new() }
    }

    /// Reads an answer body; at most [`limits::MESSAGE_BYTES_MAX`] bytes. The text inside is not
    /// read: see [`Self::open`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let text = limits::text(FORMAT, bytes, limits::MESSAGE_BYTES_MAX)?;
        limits::json(FORMAT, text)
    }

    /// The answer body.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain values always serialise")
    }

    /// What the inner text says.
    pub fn open(&self) -> Result<ClassicAnswer, Error> {
        ClassicAnswer::decode(&self.response)
    }
}

impl ClassicAnswer {
    /// An answer with `data`; the nonce is the header's.
    pub fn new(header: Header, status: ClassicStatus, data: &AnswerData) -> Self {
        Self {
            nonce: header.nonce.clone(),
            header,
            status,
            message_code: Some(String::new()),
            message: Some(String::new()),
            response_data: data.encode(),
            extra: Extra::new(),
        }
    }

    /// Reads the text of [`AnswerEnvelope::response`].
    pub fn decode(text: &str) -> Result<Self, Error> {
        limits::json(TEXT, text)
    }

    /// The text that is signed and sent.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("plain values always serialise")
    }

    /// What is answered; an error when the header does not say.
    pub fn message_type(&self) -> Result<&MessageType, Error> {
        let missing = Error::Missing { format: TEXT, part: "header.response_type" };
        self.header.response_type.as_ref().ok_or(missing)
    }

    /// What `response_data` says, given the status.
    pub fn data(&self) -> Result<AnswerData, Error> {
        AnswerData::decode(self.message_type()?, &self.status, &self.response_data)
    }
}
