//! A RUM report: the payload as the exact text that was signed, and its signature.
//!
//! Source: Troubleshoot SLP on 9800, "RUM Reports"; the JSON from public samples. Assumed: the
//! `signing_type` `SHA-256` with the trust id as key for trust-signed reports.

mod payload;

use serde::{Deserialize, Serialize};

pub use payload::{
    Asset, AssetIdentification, HaMember, InnerSignature, Instance, MeasuredValue, Measurement,
    PayloadVersion, ReportMeta, RumPayload,
};

use crate::{Error, Extra, Sudi, limits, scanning, writing};

const FORMAT: &str = "RUM report";

/// `signing_type` of a report without trust; the scheme is not public and stays opaque.
pub const SIGNING_TYPE_BUILTIN: &str = "builtin";
/// `signing_type` of a report signed with the trust code's key.
pub const SIGNING_TYPE_SHA256: &str = "SHA-256";

/// One report as it stands in a usage file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RumReport {
    /// JSON text of the payload: the exact bytes under the signature. Never re-serialised.
    pub payload: String,
    /// `{"type":"rum"}`; missing in some copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<ReportHeader>,
    /// The signature over `payload`.
    pub signature: ReportSignature,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The `header` member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportHeader {
    /// `rum`.
    pub r#type: String,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The outer signature of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportSignature {
    /// Who signed.
    pub sudi: Sudi,
    /// `builtin` without trust, `SHA-256` with.
    pub signing_type: String,
    /// Software tag for `builtin`, trust id for `SHA-256`.
    pub key: String,
    /// Base64.
    pub value: String,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl RumReport {
    /// A report over an already serialised payload.
    pub fn new(payload: String, signature: ReportSignature) -> Self {
        let header = Some(ReportHeader { r#type: "rum".to_owned(), extra: Extra::new() });
        Self { payload, header, signature, extra: Extra::new() }
    }

    /// The JSON text that goes into CDATA.
    pub fn encode(&self) -> String {
        writing::json(self, self.payload.len() + self.payload.len() / 2 + 512)
    }

    /// Reads the JSON text of one report.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        Self::decode_text(limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?)
    }

    /// As [`RumReport::decode`], of a text that was checked as a part of its file.
    pub(crate) fn decode_text(text: &str) -> Result<Self, Error> {
        scanning::rum_report(text).map_or_else(|| limits::json(FORMAT, text), Ok)
    }

    /// Reads the payload's content.
    pub fn payload(&self) -> Result<RumPayload, Error> {
        RumPayload::decode_text(&self.payload)
    }
}
