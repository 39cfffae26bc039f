//! Renewal of the ID certificate, every half year (documented). Assumed: every member.

use serde::{Deserialize, Serialize};

use crate::Extra;
use crate::classic::sudi::Origin;

/// `request_data` of `ID_CERT_RENEW`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdCertificateRequest {
    /// Who asks.
    #[serde(flatten)]
    pub origin: Origin,
    /// Base64 of a certificate signing request (DER, PKCS#10).
    pub csr: String,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `response_data` of `ID_CERT_RENEW`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdCertificateAnswer {
    /// Base64 of the new ID certificate (DER).
    pub id_cert: String,
    /// Base64 of the certificate that answers are signed with (DER).
    pub signing_cert: String,
    /// Base64 of the certificate that issued both (DER).
    pub sub_ca_cert: String,
    /// Seconds until the next renewal.
    pub renew_interval: u64,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}
