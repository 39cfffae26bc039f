//! Authorization: what is in use, and how the account stands.
//!
//! Documented: the full list with each request, renewal every 30 days, and the names of the
//! application redundancy members (from a synchronization file). Public: the states, from a YANG
//! model. Assumed: every other member.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::classic::authorization_state::{AuthorizationState, EnforcementMode};
use crate::classic::sudi::Origin;
use crate::identifiers::ProductInstanceId;
use crate::status::wire_words;
use crate::{EntitlementTag, Extra, count, optional_list};

/// `request_data` of `ENTITLEMENT`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntitlementRequest {
    /// Who uses.
    #[serde(flatten)]
    pub origin: Origin,
    /// Whether this renews an authorization without a change of use.
    #[serde(default)]
    pub renew: bool,
    /// Everything in use.
    pub entitlements: Vec<UsedEntitlement>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One licence in use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsedEntitlement {
    /// The licence.
    pub tag: EntitlementTag,
    /// Its version.
    pub version: CompactString,
    /// How many.
    #[serde(deserialize_with = "count::deserialize")]
    pub count: u32,
    /// The application that uses it, when that is redundant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Application>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

wire_words! {
    /// The part an application plays.
    ApplicationRole {
        /// It uses the licence.
        Active = "ACTIVE",
        /// It stands by and shares the licence of its active peer.
        Standby = "STANDBY",
    }
}

/// One application of a redundant set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// Its part.
    pub role: ApplicationRole,
    /// Its number.
    pub id: CompactString,
    /// The others.
    #[serde(default, deserialize_with = "optional_list::deserialize")]
    pub peers: Vec<ApplicationPeer>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Another application of the set, on another product instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApplicationPeer {
    /// Its name.
    pub name: String,
    /// Its part.
    pub role: ApplicationRole,
    /// Its number.
    pub id: CompactString,
    /// The instance it runs on.
    pub product_instance_identifier: ProductInstanceId,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `response_data` of `ENTITLEMENT`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntitlementAnswer {
    /// How the instance stands.
    pub authorization_state: AuthorizationState,
    /// When the next request is due, milliseconds since the epoch.
    pub next_communication: u64,
    /// When the authorization expires without contact, milliseconds since the epoch.
    pub communication_deadline: u64,
    /// How each licence stands.
    pub entitlements: Vec<AuthorizedEntitlement>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How one licence stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorizedEntitlement {
    /// The licence.
    pub tag: EntitlementTag,
    /// How many are in use.
    #[serde(deserialize_with = "count::deserialize")]
    pub count: u32,
    /// How it stands.
    pub enforce_mode: EnforcementMode,
    /// Its name for people.
    #[serde(default)]
    pub display_name: Option<String>,
    /// One sentence about it.
    #[serde(default)]
    pub description: Option<String>,
    /// The subscription it comes from.
    #[serde(default)]
    pub subscription_id: Option<CompactString>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}
