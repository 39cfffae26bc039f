//! Registration: from ID token to ID certificate.
//!
//! Documented: an ID token, a certificate for a year, an account, and whether export control is
//! allowed. Public: what a registered agent knows (a YANG model). Assumed: every member.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::classic::sudi::{ClassicSudi, Origin};
use crate::identifiers::ProductInstanceId;
use crate::{Extra, SoftwareTag, optional_list};

/// `request_data` of `REGISTRATION`; the ID token is in the envelope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegistrationRequest {
    /// Who registers; without an identifier.
    #[serde(flatten)]
    pub origin: Origin,
    /// The product.
    pub software_tag_identifier: SoftwareTag,
    /// Software version; left out when version privacy is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_version: Option<CompactString>,
    /// Host name; left out when host name privacy is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<CompactString>,
    /// Base64 of a certificate signing request (DER, PKCS#10).
    pub csr: String,
    /// Registers although a record of the instance exists.
    #[serde(default)]
    pub force: bool,
    /// Every product instance of the set.
    #[serde(default, deserialize_with = "optional_list::deserialize")]
    pub device_list: Vec<RegisteringInstance>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One product instance of a stack, a pair or a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegisteringInstance {
    /// Its identity.
    pub sudi: ClassicSudi,
    /// `Active`, `Standby` or `Member`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<CompactString>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `response_data` of `REGISTRATION`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegistrationAnswer {
    /// The identifier given to the instance.
    pub product_instance_identifier: ProductInstanceId,
    /// Smart account, or the local account of an On-Prem.
    pub smart_account: String,
    /// Virtual account.
    pub virtual_account: String,
    /// Base64 of the ID certificate (DER).
    pub id_cert: String,
    /// Base64 of the certificate that answers are signed with (DER).
    pub signing_cert: String,
    /// Base64 of the certificate that issued both (DER).
    pub sub_ca_cert: String,
    /// Whether the token allows export-controlled functions.
    pub export_control_allowed: bool,
    /// Seconds until the ID certificate is to be renewed; half a year is documented.
    pub renew_interval: u64,
    /// Seconds between authorization renewals; 30 days are documented.
    pub auth_renew_interval: u64,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}
