//! One request and what came back: bytes as they were, the sender's intent, and the connection.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_wire::Artefact;
use muster_wire::reading::AnswerReading;
use muster_wire::transport::smart::SmartRequest;
use serde::de::Error as _;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One request of a product instance (or a bare probe) and its answer or failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Number of the exchange within its journey, from 1.
    pub id: u64,
    /// The scenario step that caused it; none when a timer of the instance did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// Name of the endpoint in the target profile, for example `cslu`.
    pub endpoint: String,
    /// `POST` or `GET`.
    pub method: String,
    /// The full URL.
    pub url: String,
    /// What the sender meant, including what it got wrong on purpose.
    pub intent: Intent,
    /// The request as sent (secrets redacted when written).
    pub request: HttpMessage,
    /// Logical time of sending, milliseconds since the epoch.
    pub sent_at_ms: u64,
    /// The answer, or why there was none.
    pub outcome: ExchangeOutcome,
    /// The TLS connection it used; none over plain HTTP or in memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<PeerTls>,
    /// The bodies already decoded, where the sender had them at hand: never anything but what
    /// decoding the bytes gives, and not part of the journal.
    #[serde(skip)]
    pub reading: Option<Box<Reading>>,
}

/// The two bodies of an exchange, decoded by the codecs of `muster_wire`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The request envelope as it went out.
    pub request: Option<SmartRequest>,
    /// The artefact of its first line.
    pub asked: Option<Artefact>,
    /// The answer.
    pub answer: Option<AnswerReading>,
}

impl Reading {
    /// Decodes both bodies of an exchange: what the sender hands over when it has them at hand.
    #[must_use]
    pub fn of(exchange: &Exchange) -> Self {
        let request = SmartRequest::decode(&exchange.request.body.0).ok();
        let line = request.as_ref().and_then(|request| request.license_data.first());
        let text = line.and_then(|line| line.smart_license.as_deref());
        let asked = text.and_then(|text| Artefact::from_smart_license(text).ok());
        let answer = match &exchange.outcome {
            ExchangeOutcome::Answered(answer) => Some(AnswerReading::of(&answer.message.body.0)),
            ExchangeOutcome::Failed { .. } => None,
        };
        Self { request, asked, answer }
    }
}

/// What the sender meant to send.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Request type of the (first) line, for example `LICENSE_USAGE`; none for probes and raw
    /// bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_type: Option<String>,
    /// Name of the ID token used, as the target profile calls it; never the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was made wrong on purpose; empty for an honest request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<Deviation>,
}

impl Intent {
    /// Whether the request was sent as a product instance would.
    pub fn is_honest(&self) -> bool {
        self.deviations.is_empty()
    }
}

/// One thing made wrong on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Deviation {
    /// The RUM payload was edited after signing.
    PayloadEdited,
    /// The report or request signature was replaced by one that does not verify.
    SignatureBroken,
    /// The nonce of an earlier request was used again.
    NonceReplayed,
    /// A whole earlier request was sent again, byte for byte.
    RequestReplayed,
    /// The trust id is not over the last one processed.
    TrustIdReused,
    /// The report names a trust id the server never gave.
    TrustIdUnknown,
    /// The poll id belongs to another instance or was never issued.
    PollIdForeign,
    /// The body was cut.
    BodyTruncated {
        /// Bytes kept.
        kept: usize,
    },
    /// A member was set to another value.
    MemberSet {
        /// JSON pointer.
        pointer: String,
    },
    /// A member was removed.
    MemberRemoved {
        /// JSON pointer.
        pointer: String,
    },
    /// The sender's clock was wrong.
    ClockSkewed {
        /// By how much, milliseconds, positive when ahead.
        by_ms: i64,
    },
    /// The bytes were given by the scenario.
    RawBytes,
}

/// Headers and body of one HTTP message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpMessage {
    /// Header names in lower case, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum ExchangeOutcome {
    /// An HTTP answer, whatever its status.
    Answered(Answer),
    /// No answer.
    Failed {
        /// At which stage.
        cause: FailureCause,
        /// The transport's words.
        detail: String,
    },
}

/// An HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// HTTP status code.
    pub status: u16,
    /// Headers and body.
    #[serde(flatten)]
    pub message: HttpMessage,
    /// Logical time of receipt, milliseconds since the epoch.
    pub received_at_ms: u64,
    /// Wall time from send to receipt, microseconds; 0 in virtual time.
    #[serde(default)]
    pub elapsed_us: u64,
}

/// The stage at which an exchange failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// The host name did not resolve.
    Dns,
    /// No TCP connection.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// The bytes were not HTTP.
    Http,
    /// No answer in time.
    Timeout,
    /// The connection ended before the answer did.
    Closed,
    /// The answer was over the size limit.
    TooLong,
}

/// What the TLS connection showed of the peer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerTls {
    /// For example `TLSv1.3`.
    pub version: String,
    /// Certificates the peer sent, leaf first.
    pub chain_length: usize,
}

/// Bytes as text where they are UTF-8, as base64 where not: `{"text":…}` or `{"base64":…}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body(pub Vec<u8>);

impl Body {
    /// The bytes as text, when they are UTF-8.
    pub fn as_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self.as_text() {
            Some(text) => map.serialize_entry("text", text)?,
            None => map.serialize_entry("base64", &STANDARD.encode(&self.0))?,
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Form {
            text: Option<String>,
            base64: Option<String>,
        }
        match Form::deserialize(deserializer)? {
            Form { text: Some(text), base64: None } => Ok(Self(text.into_bytes())),
            Form { text: None, base64: Some(base64) } => {
                STANDARD.decode(base64).map(Self).map_err(D::Error::custom)
            }
            _ => Err(D::Error::custom("a body is either `text` or `base64`")),
        }
    }
}
