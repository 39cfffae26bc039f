//! The payload of a RUM report, in its two known layouts.
//!
//! Version 1 (IOS XE 17.6, NX-OS 10.2) keeps `report_id` in `meta` and the inner signature in
//! `asset_identification`; version 2.0 (17.9 and later) moves both. Source: public samples.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identifiers::{ProductInstanceId, ReportId};
use crate::{EntitlementTag, Error, Extra, SoftwareTag, Sudi, limits, scanning, writing};

const FORMAT: &str = "RUM payload";

/// Which layout a payload has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadVersion {
    /// Without a `version` member.
    V1,
    /// `"version":"2.0"`.
    V2,
}

/// A payload as JSON lays it out; read through the methods, which know both layouts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RumPayload {
    /// `2.0`, absent in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<CompactString>,
    /// Which product instance.
    pub asset_identification: AssetIdentification,
    /// Version 2: the inner signature. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<InnerSignature>,
    /// What was measured.
    pub meta: ReportMeta,
    /// The measurements, contiguous in time.
    pub measurements: Vec<Measurement>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `asset_identification`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssetIdentification {
    /// Version 2: the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_id: Option<ReportId>,
    /// The product's software.
    pub asset: Asset,
    /// The product instance.
    pub instance: Instance,
    /// Version 1: the inner signature. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<InnerSignature>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `asset_identification.asset`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asset {
    /// The software tag.
    pub name: SoftwareTag,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `asset_identification.instance`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// The identity.
    pub sudi: Sudi,
    /// The identifier given with trust; absent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_instance_identifier: Option<ProductInstanceId>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The inner signature; the scheme is not public.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InnerSignature {
    /// `builtin` in every complete sample.
    pub signing_type: String,
    /// The software tag in every complete sample.
    pub key: String,
    /// Base64.
    pub value: String,
}

/// `meta` of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportMeta {
    /// The licence; absent in telemetry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement_tag: Option<EntitlementTag>,
    /// Version 1: the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_id: Option<ReportId>,
    /// Version 2: whether utility billing is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utility_enabled: Option<bool>,
    /// `telemetry` in telemetry reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_type: Option<CompactString>,
    /// For example `17.12.02`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_version: Option<CompactString>,
    /// Every member of the set with its role.
    #[serde(default)]
    pub ha_udi: Vec<HaMember>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One member of a redundancy set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HaMember {
    /// `Active`, `Standby` or `Member`.
    pub role: CompactString,
    /// Its identity.
    pub sudi: Sudi,
}

/// One measurement: consecutive ones meet, `start_time` = previous `end_time`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// When it was logged, seconds since the epoch.
    pub log_time: u64,
    /// `ENTITLEMENT` for licence use.
    pub metric_name: CompactString,
    /// Start, seconds since the epoch.
    pub start_time: u64,
    /// End, seconds since the epoch.
    pub end_time: u64,
    /// `end_time - start_time`, seconds.
    pub sample_interval: u64,
    /// Samples taken, about one per 15 minutes.
    pub num_samples: u64,
    /// Reasons and identity lists, in the writer's order (an object; an array in telemetry).
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub meta: Value,
    /// The count; absent in telemetry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<MeasuredValue>,
    /// Unknown members (`values` in telemetry).
    #[serde(flatten)]
    pub extra: Extra,
}

/// `{"type":"COUNT","value":"3"}`: the number is text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredValue {
    /// `COUNT`.
    pub r#type: CompactString,
    /// The number as text; a bare number is kept as such.
    pub value: Value,
}

impl AssetIdentification {
    /// The object's text: compact, members in the layout's order.
    pub fn encode(&self) -> String {
        writing::json(self, 768)
    }
}

impl MeasuredValue {
    /// A count.
    pub fn count(count: u32) -> Self {
        Self { r#type: "COUNT".into(), value: Value::String(count.to_string()) }
    }

    /// The count, whether written as text or as a number.
    pub fn as_count(&self) -> Option<u64> {
        match &self.value {
            Value::String(text) => text.parse().ok(),
            value => value.as_u64(),
        }
    }
}

impl RumPayload {
    /// Which layout this is.
    pub fn layout(&self) -> PayloadVersion {
        if self.version.is_some() { PayloadVersion::V2 } else { PayloadVersion::V1 }
    }

    /// The report id, wherever the layout keeps it.
    pub fn report_id(&self) -> Option<ReportId> {
        self.asset_identification.report_id.or(self.meta.report_id)
    }

    /// The payload text: compact, members in the layout's order.
    pub fn encode(&self) -> String {
        writing::json(self, 1024 + 512 * self.measurements.len())
    }

    /// Reads a payload text.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        Self::decode_text(limits::text(FORMAT, bytes, limits::PAYLOAD_BYTES_MAX)?)
    }

    /// As [`RumPayload::decode`].
    pub(crate) fn decode_text(text: &str) -> Result<Self, Error> {
        limits::length(FORMAT, text.len(), limits::PAYLOAD_BYTES_MAX)?;
        scanning::rum_payload(text).map_or_else(|| limits::json(FORMAT, text), Ok)
    }
}
