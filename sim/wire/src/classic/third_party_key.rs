//! Asks for the key of another vendor's service: the one request a public source shows whole.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log of a request.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use super::sudi::ClassicSudi;
use crate::identifiers::{Nonce, ProductInstanceId};
use crate::{Extra, optional_text};

/// `request_data` of `THIRD_PARTY_KEY`, its members in the order of the sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThirdPartyKeyRequest {
    /// The product instance.
    pub sudi: ClassicSudi,
    /// Its clock, milliseconds since the epoch.
    pub timestamp: u64,
    /// The nonce of the exchange, as in the header.
    pub nonce: Nonce,
    /// Whether the key is for use, not for a trial. Assumed meaning.
    pub live: bool,
    /// What is asked for.
    pub data: Vec<KeyRequest>,
    /// The instance's identifier.
    #[serde(deserialize_with = "optional_text::deserialize")]
    pub product_instance_identifier: Option<ProductInstanceId>,
    /// Whether only an instance in compliance gets a key. Assumed meaning.
    pub compliance_required: bool,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyRequest {
    /// Number of the entry.
    pub id: u64,
    /// Kind of key, for example `VOUCHER_CODE`.
    pub name: CompactString,
    /// The licence it is for, a tag.
    pub value: String,
    /// The vendor.
    pub routing: CompactString,
    /// `GENERATE`.
    pub action: CompactString,
    /// Number of the key; 0 for a new one.
    pub key_id: u64,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}
