//! Any RUM payload and report.

use muster_wire::rum_report::{
    Asset, AssetIdentification, HaMember, InnerSignature, Instance, MeasuredValue, Measurement,
    ReportMeta, ReportSignature, RumPayload, RumReport,
};
use muster_wire::{EntitlementTag, Extra, ReportId, SoftwareTag};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{data_text, extra, sudi};

fn measurement() -> impl Strategy<Value = Measurement> {
    (any::<u64>(), any::<u64>(), data_text(), option::of(any::<u32>()), extra()).prop_map(
        |(start_time, end_time, reason, count, extra)| Measurement {
            log_time: start_time,
            metric_name: "ENTITLEMENT".into(),
            start_time,
            end_time,
            sample_interval: end_time.saturating_sub(start_time),
            num_samples: 1,
            meta: serde_json::json!({"termination_reason": reason}),
            value: count.map(MeasuredValue::count),
            extra,
        },
    )
}

pub(crate) fn payload() -> impl Strategy<Value = RumPayload> {
    (
        any::<bool>(),
        any::<u64>(),
        data_text(),
        sudi(),
        vec(measurement(), 0..3),
        option::of(data_text()),
        extra(),
    )
        .prop_map(|(second, id, tag, sudi, measurements, version, extra)| {
            let signature = Some(InnerSignature {
                signing_type: "builtin".to_owned(),
                key: tag.clone(),
                value: tag.clone(),
            });
            let id = Some(ReportId(id));
            RumPayload {
                version: second.then(|| "2.0".into()),
                asset_identification: AssetIdentification {
                    report_id: id.filter(|_| second),
                    asset: Asset { name: SoftwareTag::new("tag"), extra: Extra::new() },
                    instance: Instance {
                        sudi: sudi.clone(),
                        product_instance_identifier: None,
                        extra: Extra::new(),
                    },
                    signature: signature.clone().filter(|_| !second),
                    extra: Extra::new(),
                },
                signature: signature.filter(|_| second),
                meta: ReportMeta {
                    entitlement_tag: Some(EntitlementTag::from(tag)),
                    report_id: id.filter(|_| !second),
                    utility_enabled: second.then_some(false),
                    report_type: None,
                    software_version: version.map(Into::into),
                    ha_udi: vec![HaMember { role: "Active".into(), sudi }],
                    extra: Extra::new(),
                },
                measurements,
                extra,
            }
        })
}

pub(crate) fn report() -> impl Strategy<Value = RumReport> {
    let payload = prop_oneof![data_text(), payload().prop_map(|payload| payload.encode())];
    (payload, sudi(), data_text()).prop_map(|(payload, sudi, value)| {
        let signature = ReportSignature {
            sudi,
            signing_type: "SHA-256".to_owned(),
            key: "1".to_owned(),
            value,
            extra: Extra::new(),
        };
        RumReport::new(payload, signature)
    })
}
