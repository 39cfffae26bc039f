//! Conversion of classic licences, led by the product instance.
//!
//! Documented: the outcomes and the hourly poll (SSM On-Prem 7 User Guide, "Device-Led
//! Conversion"). Public: `conversion_string`, which a script looks for. Assumed: the rest.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::classic::sudi::Origin;
use crate::identifiers::PollId;
use crate::status::wire_words;
use crate::{EntitlementTag, Extra, count, optional_list};

/// `request_data` of `CONVERSION`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversionRequest {
    /// Who converts.
    #[serde(flatten)]
    pub origin: Origin,
    /// Number of the conversion on the instance.
    pub conversion_id: u64,
    /// Base64 of what proves the classic licences; only its issuer can read it.
    pub conversion_string: String,
    /// The classic licences, as the instance understands them.
    #[serde(default, deserialize_with = "optional_list::deserialize")]
    pub conversion_data: Vec<ClassicLicense>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One classic licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassicLicense {
    /// Kind, for example `RTU` (right to use), `PAK`.
    pub license_type: CompactString,
    /// Name on the instance.
    pub license_name: CompactString,
    /// How many.
    #[serde(deserialize_with = "count::deserialize")]
    pub count: u32,
    /// What it becomes.
    pub entitlement_tag: EntitlementTag,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

wire_words! {
    /// What became of a conversion. Documented: the outcomes. Assumed: the spelling.
    ConversionStatus {
        /// The account has the licences.
        MigrateSuccess = "MIGRATE_SUCCESS",
        /// The account does not get them.
        MigrateFailed = "MIGRATE_FAILED",
        /// It has them already.
        AlreadyConverted = "ALREADY_CONVERTED",
        /// The server does not know the instance.
        AgentNotRegistered = "AGENT_NOT_REGISTERED",
        /// Not decided yet: come back with the poll id.
        PollMeLater = "POLL_ME_LATER",
        /// Not a conversion request.
        InvalidMessageType = "INVALID_MESSAGE_TYPE",
    }
}

/// `response_data` of `CONVERSION` once it is decided; before that it is
/// [`super::poll::Deferred`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversionAnswer {
    /// The deferred result this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_id: Option<PollId>,
    /// Seconds until the next poll, with [`ConversionStatus::PollMeLater`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_interval: Option<u64>,
    /// What became of it.
    pub conversion_status: ConversionStatus,
    /// Why.
    #[serde(default)]
    pub detail: String,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}
