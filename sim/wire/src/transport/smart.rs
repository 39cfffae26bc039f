//! Smart Transport requests: sender, the instances of the set, and one line per sub-request.
//!
//! Source: Troubleshoot SLP on 9800, "Usage Reporting" (three request samples, damaged in print;
//! member placement inferred from the intact answer).

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::identifiers::{Nonce, PollId, ProductInstanceId};
use crate::{
    Capabilities, Error, Extra, RequestType, SoftwareTag, Sudi, limits, optional_list,
    optional_text, scanning, writing,
};

const FORMAT: &str = "Smart Transport request";

/// What an envelope usually takes beside its artefacts, so that its text need not grow.
pub(super) const ENVELOPE_BYTES: usize = 1280;

/// `connect_info.name` of a Smart Agent.
pub const AGENT_NAME: &str = "C_agent";
/// `connect_info.name` of a CSLU-type server.
pub const CSLU_NAME: &str = "CSLU_V1";
/// `connect_info.name` of CSSM.
pub const SSM_NAME: &str = "SSM";

/// One request body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SmartRequest {
    /// Who asks.
    pub sender_info: SenderInfo,
    /// Every product instance of the set (one, or all members of a stack or pair).
    #[serde(default, deserialize_with = "optional_list::deserialize")]
    pub device_list: Vec<ListedInstance>,
    /// The sub-requests.
    #[serde(default, deserialize_with = "optional_list::deserialize")]
    pub license_data: Vec<RequestLine>,
    /// Tolerated at this level, then meant for every line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_type: Option<RequestType>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Who sends a message, and with which nonce and clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SenderInfo {
    /// Name, version and capabilities of the sending software.
    pub connect_info: ConnectInfo,
    /// Sender's clock, milliseconds since the epoch.
    pub timestamp: u64,
    /// Nonce of the exchange; an answer repeats the request's.
    pub nonce: Nonce,
    /// The product instance the exchange is about.
    pub sudi: Sudi,
    /// The instance's identifier; none before trust.
    #[serde(default, with = "optional_text")]
    pub product_instance_identifier: Option<ProductInstanceId>,
    /// The product's software tag.
    pub software_tag_identifier: SoftwareTag,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Name, version and capabilities of one side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectInfo {
    /// `C_agent`, `CSLU_V1` or `SSM`.
    pub name: CompactString,
    /// Software version, for example `5.8.6_rel/15`.
    pub version: CompactString,
    /// Whether production certificates are in use.
    #[serde(default)]
    pub production: bool,
    /// `""` in every intact sample.
    #[serde(default)]
    pub additional_info: serde_json::Value,
    /// What the side understands, for example `OK_TRY_AGAIN`.
    #[serde(default)]
    pub capabilities: Capabilities,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One entry of `device_list`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedInstance {
    /// Its identity.
    pub sudi: Sudi,
    /// Its software tag.
    pub software_tag_identifier: SoftwareTag,
    /// Its identifier; none before trust.
    #[serde(default, with = "optional_text")]
    pub product_instance_identifier: Option<ProductInstanceId>,
    /// Software version; left out when version privacy is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_version: Option<CompactString>,
    /// Host name; left out when host name privacy is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<CompactString>,
    /// `Active`, `Standby` or `Member`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<CompactString>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One sub-request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestLine {
    /// What is asked; none when the envelope carries it for every line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_type: Option<RequestType>,
    /// Number of the line, from 1; the answer repeats it.
    pub request_line_id: u64,
    /// The instance the line is about. Assumed optional in requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sudi: Option<Sudi>,
    /// The deferred result asked for, on a poll line only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_id: Option<PollId>,
    /// Base64 of the artefact (XML), none when the line carries no artefact.
    #[serde(default, with = "optional_text")]
    pub smart_license: Option<String>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl SmartRequest {
    /// Reads a request body; at most [`limits::MESSAGE_BYTES_MAX`] bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let text = limits::text(FORMAT, bytes, limits::MESSAGE_BYTES_MAX)?;
        scanning::smart_request(text).map_or_else(|| limits::json(FORMAT, text), Ok)
    }

    /// The request body.
    pub fn encode(&self) -> Vec<u8> {
        let artefacts = self.license_data.iter().filter_map(|line| line.smart_license.as_ref());
        let capacity = ENVELOPE_BYTES + artefacts.map(String::len).sum::<usize>();
        writing::json(self, capacity).into_bytes()
    }

    /// What `line` asks for, whichever level says it.
    pub fn line_type<'a>(&'a self, line: &'a RequestLine) -> Option<&'a RequestType> {
        line.request_type.as_ref().or(self.request_type.as_ref())
    }
}
