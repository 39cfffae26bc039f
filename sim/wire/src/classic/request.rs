//! The text inside a request envelope: header, nonce, and the data as JSON text once more.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log of a request.

use serde::{Deserialize, Serialize};

use super::header::Header;
use super::message_type::MessageType;
use super::request_data::RequestData;
use crate::identifiers::Nonce;
use crate::{Error, Extra, limits};

const FORMAT: &str = "classic request text";

/// The inner request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassicRequest {
    /// Who asks what.
    pub header: Header,
    /// Nonce of the exchange, as in the header.
    pub nonce: Nonce,
    /// JSON text whose form depends on the header's type.
    pub request_data: String,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ClassicRequest {
    /// A request about `data`; the header's type and nonce are set to those of the data.
    pub fn new(header: Header, data: &RequestData) -> Self {
        let header = Header {
            request_type: Some(data.message_type()),
            nonce: data.nonce().clone(),
            ..header
        };
        let nonce = header.nonce.clone();
        Self { header, nonce, request_data: data.encode(), extra: Extra::new() }
    }

    /// Reads the text of [`super::RequestEnvelope::request`].
    pub fn decode(text: &str) -> Result<Self, Error> {
        limits::json(FORMAT, text)
    }

    /// The text that is signed and sent.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("plain values always serialise")
    }

    /// What is asked; an error when the header does not say.
    pub fn message_type(&self) -> Result<&MessageType, Error> {
        let missing = Error::Missing { format: FORMAT, part: "header.request_type" };
        self.header.request_type.as_ref().ok_or(missing)
    }

    /// What `request_data` says.
    pub fn data(&self) -> Result<RequestData, Error> {
        RequestData::decode(self.message_type()?, &self.request_data)
    }
}
