//! The text of a RUM payload, in both layouts, and its inner signature.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_wire::rum_report::{
    Asset, AssetIdentification, HaMember, InnerSignature, Instance, MeasuredValue, Measurement,
    ReportMeta, RumPayload, SIGNING_TYPE_BUILTIN,
};
use muster_wire::{Extra, ProductInstanceId, ReportId, Sudi, Udi};
use serde_json::{Map, Value};

use crate::identity::Identity;
use crate::platform::{HaRole, PayloadLayout, Platform, PlatformLicense};
use crate::policy::measurement::Measured;
use crate::policy::rum_reports::CloseReason;

/// Who writes a report.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) platform: &'static Platform,
    pub(crate) identity: &'a Identity,
    /// Identifier given with the trust code.
    pub(crate) product_instance: Option<&'a ProductInstanceId>,
}

impl<'a> Writer<'a> {
    pub(crate) const fn new(
        platform: &'static Platform,
        identity: &'a Identity,
        product_instance: Option<&'a ProductInstanceId>,
    ) -> Self {
        Self { platform, identity, product_instance }
    }

    /// The payload of a closed report: compact, in the layout's member order.
    pub(crate) fn payload(
        &self,
        id: u64,
        license: &PlatformLicense,
        measured: &[Measured],
        reason: CloseReason,
    ) -> String {
        let v2 = self.platform.payload == PayloadLayout::V2;
        let report_id = Some(ReportId(id));
        let mut asset = self.asset(report_id.filter(|_| v2));
        let inner = self.inner_signature(&asset);
        if !v2 {
            asset.signature = Some(inner.clone());
        }
        let last = measured.len().saturating_sub(1);
        let measurements = measured
            .iter()
            .enumerate()
            .map(|(at, measured)| measurement(measured, (at == last).then_some(reason)))
            .collect();
        RumPayload {
            version: v2.then(|| "2.0".into()),
            asset_identification: asset,
            signature: v2.then_some(inner),
            meta: ReportMeta {
                entitlement_tag: Some(license.tag.clone()),
                report_id: report_id.filter(|_| !v2),
                utility_enabled: v2.then_some(false),
                report_type: None,
                software_version: Some(self.platform.software_version.clone()),
                ha_udi: self.members(),
                extra: Extra::new(),
            },
            measurements,
            extra: Extra::new(),
        }
        .encode()
    }

    /// Every UDI and the part it plays (public samples of pairs and stacks).
    fn members(&self) -> Vec<HaMember> {
        let member = |(role, udi): (HaRole, &Udi)| HaMember {
            role: role.as_str().into(),
            sudi: Sudi::from(udi),
        };
        self.identity.ha_udis().map(member).collect()
    }

    fn sudi(&self) -> Sudi {
        Sudi::from(&self.identity.udi)
    }

    fn asset(&self, report_id: Option<ReportId>) -> AssetIdentification {
        AssetIdentification {
            report_id,
            asset: Asset { name: self.platform.software_tag.clone(), extra: Extra::new() },
            instance: Instance {
                sudi: self.sudi(),
                product_instance_identifier: self.product_instance.cloned(),
                extra: Extra::new(),
            },
            signature: None,
            extra: Extra::new(),
        }
    }

    /// Assumed: SHA-256 over the JSON of `asset_identification`; the product's own scheme is not
    /// public, and no server can check it.
    fn inner_signature(&self, asset: &AssetIdentification) -> InnerSignature {
        InnerSignature {
            signing_type: SIGNING_TYPE_BUILTIN.to_owned(),
            key: self.platform.software_tag.0.to_string(),
            value: STANDARD.encode(digest(&SHA256, asset.encode().as_bytes())),
        }
    }
}

fn measurement(measured: &Measured, closing: Option<CloseReason>) -> Measurement {
    let mut meta = Map::new();
    if measured.clock_change_delta_s != 0 {
        let delta = measured.clock_change_delta_s.to_string();
        meta.insert("clock_change_delta".to_owned(), Value::String(delta));
    }
    if let Some(reason) = closing {
        let text = Value::from(reason.as_str());
        meta.insert("termination_reason".to_owned(), text.clone());
        if reason == CloseReason::ProductReload {
            meta.insert("close_reason".to_owned(), text);
        }
    }
    Measurement {
        log_time: measured.log_s,
        metric_name: "ENTITLEMENT".into(),
        start_time: measured.start_s,
        end_time: measured.end_s,
        sample_interval: measured.interval_s(),
        num_samples: measured.samples(),
        meta: Value::Object(meta),
        value: Some(MeasuredValue::count(measured.count)),
        extra: Extra::new(),
    }
}

#[cfg(test)]
mod tests {
    use muster_certs::Seed;

    use super::*;
    use crate::identity::Place;

    fn payload(platform: &str) -> String {
        let platform = Platform::named(platform).unwrap();
        let identity = Place::derive(&Seed::from_u64(1), 0).identity(platform);
        let product_instance = ProductInstanceId::new("7a1c0d3e-0000-4000-8000-0000000000aa");
        let writer =
            Writer { platform, identity: &identity, product_instance: Some(&product_instance) };
        let first = Measured {
            log_s: 1_800_000_000,
            start_s: 1_800_000_000,
            end_s: 1_800_003_600,
            count: 2,
            clock_change_delta_s: 0,
        };
        let second = Measured {
            start_s: first.end_s,
            end_s: first.end_s + 60,
            count: 3,
            clock_change_delta_s: -5,
            ..first
        };
        let measured = [first, second];
        writer.payload(42, &platform.licenses[0], &measured, CloseReason::ProductReload)
    }

    #[test]
    fn version_2_layout() {
        insta::assert_snapshot!(payload("c9800-l"));
    }

    #[test]
    fn version_1_layout() {
        insta::assert_snapshot!(payload("c8000v"));
    }

    #[test]
    fn both_layouts_read_back() {
        for platform in ["c9800-l", "c8000v"] {
            let text = payload(platform);
            let read = RumPayload::decode(text.as_bytes()).unwrap();
            assert_eq!(read.report_id(), Some(ReportId(42)));
            assert_eq!(read.encode(), text);
            assert_eq!(read.measurements[0].end_time, read.measurements[1].start_time);
        }
    }
}
