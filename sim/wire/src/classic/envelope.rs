//! The request envelope: a signature beside the exact text that it covers.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log of a request. Assumed: that
//! the signature covers the bytes of the inner text, and that it is none before registration.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use super::proposed::credential::Credential;
use super::request::ClassicRequest;
use crate::{Error, Extra, limits};

const FORMAT: &str = "classic request";

/// `signature.type` of every public sample.
pub const SHA_256: &str = "SHA-256";

/// One request body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestEnvelope {
    /// By the key of the ID certificate; none before registration.
    #[serde(default)]
    pub signature: Option<EnvelopeSignature>,
    /// What proves who registers; none once registered.
    #[serde(default)]
    pub credential: Option<Credential>,
    /// The exact text the signature covers: JSON of a [`ClassicRequest`].
    pub request: String,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The signature over an inner text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeSignature {
    /// Digest, [`SHA_256`].
    #[serde(rename = "type")]
    pub kind: CompactString,
    /// Base64; 256 bytes in the sample.
    pub value: String,
}

impl EnvelopeSignature {
    /// A signature over a SHA-256 digest.
    pub fn sha_256(value: String) -> Self {
        Self { kind: SHA_256.into(), value }
    }
}

impl RequestEnvelope {
    /// Puts a signature beside the text it covers, which is [`ClassicRequest::encode`].
    pub fn new(
        request: String,
        signature: Option<EnvelopeSignature>,
        credential: Option<Credential>,
    ) -> Self {
        Self { signature, credential, request, extra: Extra::new() }
    }

    /// Reads a request body; at most [`limits::MESSAGE_BYTES_MAX`] bytes. The text inside is not
    /// read: see [`Self::open`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let text = limits::text(FORMAT, bytes, limits::MESSAGE_BYTES_MAX)?;
        limits::json(FORMAT, text)
    }

    /// The request body.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain values always serialise")
    }

    /// What the inner text says.
    pub fn open(&self) -> Result<ClassicRequest, Error> {
        ClassicRequest::decode(&self.request)
    }
}
