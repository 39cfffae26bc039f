//! The answer to the one request a public source shows. Assumed: that it repeats the entries of
//! the request with the keys as values.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::Extra;

/// `response_data` of `THIRD_PARTY_KEY`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThirdPartyKeyAnswer {
    /// One entry per entry of the request.
    pub data: Vec<ThirdPartyKey>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThirdPartyKey {
    /// Number of the entry.
    pub id: u64,
    /// Kind of key.
    pub name: CompactString,
    /// The key.
    pub value: String,
    /// Number of the key.
    pub key_id: u64,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}
