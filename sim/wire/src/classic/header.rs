//! The header of a classic message, the same in both directions but for the name of its type.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log of a request.
//! Assumed: that an answer's header says `response_type`, and what `agent_actions` holds.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::message_type::MessageType;
use super::sudi::ClassicSudi;
use crate::identifiers::{Nonce, ProductInstanceId};
use crate::transport::smart::ConnectInfo;
use crate::{Extra, optional_text};

/// Message version of an agent that speaks of capabilities (public).
pub const VERSION_1_3: &str = "1.3";
/// Message version of the public sample.
pub const VERSION_1_1: &str = "1.1";
/// `locale` of every public sample.
pub const LOCALE: &str = "en_US.UTF-8";

/// The header. Members that are absent are written `null`, as the sample does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Message version, for example [`VERSION_1_3`].
    pub version: CompactString,
    /// [`LOCALE`].
    #[serde(default)]
    pub locale: Option<CompactString>,
    /// The product instance the exchange is about.
    pub sudi: ClassicSudi,
    /// Sender's clock, milliseconds since the epoch; 0 in the sample.
    #[serde(default)]
    pub timestamp: u64,
    /// Nonce of the exchange; it stands here, beside the header and in the data.
    pub nonce: Nonce,
    /// Requests only: what is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_type: Option<MessageType>,
    /// Answers only: what is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_type: Option<MessageType>,
    /// What the server wants done: see [`super::proposed::agent_action`].
    #[serde(default)]
    pub agent_actions: Value,
    /// Name, version and capabilities of the sender.
    #[serde(default)]
    pub connect_info: Option<ConnectInfo>,
    /// The instance's identifier; none before registration.
    #[serde(default, deserialize_with = "optional_text::deserialize")]
    pub product_instance_identifier: Option<ProductInstanceId>,
    /// Serial number of the ID certificate, decimal; none before registration.
    #[serde(default, deserialize_with = "optional_text::deserialize")]
    pub id_cert_serial_number: Option<CompactString>,
    /// Serial number of the server's signing certificate, decimal; none before registration.
    #[serde(default, deserialize_with = "optional_text::deserialize")]
    pub signing_cert_serial_number: Option<CompactString>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}
