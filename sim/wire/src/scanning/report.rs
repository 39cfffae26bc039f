//! RUM reports and their payloads as instances usually write them.

use super::{Scan, members, once};
use crate::rum_report::{
    Asset, AssetIdentification, HaMember, InnerSignature, Instance, MeasuredValue, Measurement,
    ReportHeader, ReportMeta, ReportSignature, RumPayload, RumReport,
};
use crate::{EntitlementTag, Extra, ProductInstanceId, ReportId, SoftwareTag};

/// A report, if nothing in it is unusual.
pub(crate) fn rum_report(text: &str) -> Option<RumReport> {
    Scan::whole(text, Scan::rum_report)
}

/// A payload, if nothing in it is unusual.
pub(crate) fn rum_payload(text: &str) -> Option<RumPayload> {
    Scan::whole(text, Scan::rum_payload)
}

impl Scan<'_> {
    fn rum_report(&mut self) -> Option<RumReport> {
        let (mut payload, mut header, mut signature) = (None, None, None);
        members!(self {
            "payload" => once(&mut payload, self.quoted_text()),
            "header" => once(&mut header, self.or_null(Self::report_header)),
            "signature" => once(&mut signature, self.report_signature()),
        });
        Some(RumReport {
            payload: payload?,
            header: header.flatten(),
            signature: signature?,
            extra: Extra::new(),
        })
    }

    fn report_header(&mut self) -> Option<ReportHeader> {
        let mut kind = None;
        members!(self {
            "type" => once(&mut kind, self.owned()),
        });
        Some(ReportHeader { r#type: kind?, extra: Extra::new() })
    }

    fn report_signature(&mut self) -> Option<ReportSignature> {
        let (mut sudi, mut signing_type, mut key, mut value) = (None, None, None, None);
        members!(self {
            "sudi" => once(&mut sudi, self.sudi()),
            "signing_type" => once(&mut signing_type, self.owned()),
            "key" => once(&mut key, self.owned()),
            "value" => once(&mut value, self.owned()),
        });
        Some(ReportSignature {
            sudi: sudi?,
            signing_type: signing_type?,
            key: key?,
            value: value?,
            extra: Extra::new(),
        })
    }

    fn rum_payload(&mut self) -> Option<RumPayload> {
        let (mut version, mut asset_identification, mut signature) = (None, None, None);
        let (mut meta, mut measurements) = (None, None);
        members!(self {
            "version" => once(&mut version, self.or_null(Self::text)),
            "asset_identification" => once(&mut asset_identification, self.asset_identification()),
            "signature" => once(&mut signature, self.or_null(Self::inner_signature)),
            "meta" => once(&mut meta, self.report_meta()),
            "measurements" => once(&mut measurements, self.items(Self::measurement)),
        });
        Some(RumPayload {
            version: version.flatten().map(Into::into),
            asset_identification: asset_identification?,
            signature: signature.flatten(),
            meta: meta?,
            measurements: measurements?,
            extra: Extra::new(),
        })
    }

    fn asset_identification(&mut self) -> Option<AssetIdentification> {
        let (mut id, mut asset, mut instance, mut signature) = (None, None, None, None);
        members!(self {
            "report_id" => once(&mut id, self.or_null(Self::number)),
            "asset" => once(&mut asset, self.asset()),
            "instance" => once(&mut instance, self.instance()),
            "signature" => once(&mut signature, self.or_null(Self::inner_signature)),
        });
        Some(AssetIdentification {
            report_id: id.flatten().map(ReportId),
            asset: asset?,
            instance: instance?,
            signature: signature.flatten(),
            extra: Extra::new(),
        })
    }

    fn asset(&mut self) -> Option<Asset> {
        let mut tag = None;
        members!(self {
            "name" => once(&mut tag, self.text().map(SoftwareTag::new)),
        });
        Some(Asset { name: tag?, extra: Extra::new() })
    }

    fn instance(&mut self) -> Option<Instance> {
        let (mut sudi, mut identifier) = (None, None);
        members!(self {
            "sudi" => once(&mut sudi, self.sudi()),
            "product_instance_identifier" => once(&mut identifier, self.or_null(Self::text)),
        });
        Some(Instance {
            sudi: sudi?,
            product_instance_identifier: identifier.flatten().map(ProductInstanceId::new),
            extra: Extra::new(),
        })
    }

    fn inner_signature(&mut self) -> Option<InnerSignature> {
        let (mut signing_type, mut key, mut value) = (None, None, None);
        members!(self {
            "signing_type" => once(&mut signing_type, self.owned()),
            "key" => once(&mut key, self.owned()),
            "value" => once(&mut value, self.owned()),
        });
        Some(InnerSignature { signing_type: signing_type?, key: key?, value: value? })
    }

    fn report_meta(&mut self) -> Option<ReportMeta> {
        let (mut tag, mut id, mut utility) = (None, None, None);
        let (mut kind, mut software, mut members) = (None, None, None);
        members!(self {
            "entitlement_tag" => once(&mut tag, self.or_null(Self::text)),
            "report_id" => once(&mut id, self.or_null(Self::number)),
            "utility_enabled" => once(&mut utility, self.or_null(Self::truth)),
            "report_type" => once(&mut kind, self.or_null(Self::text)),
            "software_version" => once(&mut software, self.or_null(Self::text)),
            "ha_udi" => once(&mut members, self.items(Self::ha_member)),
        });
        Some(ReportMeta {
            entitlement_tag: tag.flatten().map(EntitlementTag::new),
            report_id: id.flatten().map(ReportId),
            utility_enabled: utility.flatten(),
            report_type: kind.flatten().map(Into::into),
            software_version: software.flatten().map(Into::into),
            ha_udi: members.unwrap_or_default(),
            extra: Extra::new(),
        })
    }

    fn ha_member(&mut self) -> Option<HaMember> {
        let (mut role, mut sudi) = (None, None);
        members!(self {
            "role" => once(&mut role, self.text()),
            "sudi" => once(&mut sudi, self.sudi()),
        });
        Some(HaMember { role: role?.into(), sudi: sudi? })
    }

    fn measurement(&mut self) -> Option<Measurement> {
        let (mut log_time, mut metric_name, mut start_time, mut end_time) =
            (None, None, None, None);
        let (mut interval, mut samples, mut meta, mut value) = (None, None, None, None);
        members!(self {
            "log_time" => once(&mut log_time, self.number()),
            "metric_name" => once(&mut metric_name, self.text()),
            "start_time" => once(&mut start_time, self.number()),
            "end_time" => once(&mut end_time, self.number()),
            "sample_interval" => once(&mut interval, self.number()),
            "num_samples" => once(&mut samples, self.number()),
            "meta" => once(&mut meta, self.value(0)),
            "value" => once(&mut value, self.or_null(Self::measured_value)),
        });
        Some(Measurement {
            log_time: log_time?,
            metric_name: metric_name?.into(),
            start_time: start_time?,
            end_time: end_time?,
            sample_interval: interval?,
            num_samples: samples?,
            meta: meta.unwrap_or_default(),
            value: value.flatten(),
            extra: Extra::new(),
        })
    }

    fn measured_value(&mut self) -> Option<MeasuredValue> {
        let (mut kind, mut value) = (None, None);
        members!(self {
            "type" => once(&mut kind, self.text()),
            "value" => once(&mut value, self.value(0)),
        });
        Some(MeasuredValue { r#type: kind?.into(), value: value? })
    }
}
