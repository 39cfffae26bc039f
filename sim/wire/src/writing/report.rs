//! RUM reports and their payloads as text.

use super::{Object, Write, list};
use crate::ReportId;
use crate::rum_report::{
    Asset, AssetIdentification, HaMember, InnerSignature, Instance, MeasuredValue, Measurement,
    ReportHeader, ReportMeta, ReportSignature, RumPayload, RumReport,
};

impl Write for ReportId {
    fn write(&self, out: &mut String) {
        self.0.write(out);
    }
}

impl Write for RumReport {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("\"payload\":", &self.payload);
        object.optional("\"header\":", self.header.as_ref());
        object.member("\"signature\":", &self.signature);
        object.end(&self.extra);
    }
}

impl Write for ReportHeader {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("\"type\":", &self.r#type);
        object.end(&self.extra);
    }
}

impl Write for ReportSignature {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.member("\"sudi\":", &self.sudi);
        object.text("\"signing_type\":", &self.signing_type);
        object.text("\"key\":", &self.key);
        object.text("\"value\":", &self.value);
        object.end(&self.extra);
    }
}

impl Write for RumPayload {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.optional("\"version\":", self.version.as_ref());
        object.member("\"asset_identification\":", &self.asset_identification);
        object.optional("\"signature\":", self.signature.as_ref());
        object.member("\"meta\":", &self.meta);
        list(object.name("\"measurements\":"), &self.measurements);
        object.end(&self.extra);
    }
}

impl Write for AssetIdentification {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.optional("\"report_id\":", self.report_id.as_ref());
        object.member("\"asset\":", &self.asset);
        object.member("\"instance\":", &self.instance);
        object.optional("\"signature\":", self.signature.as_ref());
        object.end(&self.extra);
    }
}

impl Write for Asset {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("\"name\":", self.name.as_str());
        object.end(&self.extra);
    }
}

impl Write for Instance {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.member("\"sudi\":", &self.sudi);
        let id = self.product_instance_identifier.as_ref().map(|id| id.as_str());
        object.optional_text("\"product_instance_identifier\":", id);
        object.end(&self.extra);
    }
}

impl Write for InnerSignature {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("\"signing_type\":", &self.signing_type);
        object.text("\"key\":", &self.key);
        object.text("\"value\":", &self.value);
        object.close();
    }
}

impl Write for ReportMeta {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        let tag = self.entitlement_tag.as_ref().map(|tag| tag.as_str());
        object.optional_text("\"entitlement_tag\":", tag);
        object.optional("\"report_id\":", self.report_id.as_ref());
        object.optional("\"utility_enabled\":", self.utility_enabled.as_ref());
        object.optional("\"report_type\":", self.report_type.as_ref());
        object.optional("\"software_version\":", self.software_version.as_ref());
        list(object.name("\"ha_udi\":"), &self.ha_udi);
        object.end(&self.extra);
    }
}

impl Write for HaMember {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("\"role\":", &self.role);
        object.member("\"sudi\":", &self.sudi);
        object.close();
    }
}

impl Write for Measurement {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.member("\"log_time\":", &self.log_time);
        object.text("\"metric_name\":", &self.metric_name);
        object.member("\"start_time\":", &self.start_time);
        object.member("\"end_time\":", &self.end_time);
        object.member("\"sample_interval\":", &self.sample_interval);
        object.member("\"num_samples\":", &self.num_samples);
        object.optional("\"meta\":", Some(&self.meta).filter(|meta| !meta.is_null()));
        object.optional("\"value\":", self.value.as_ref());
        object.end(&self.extra);
    }
}

impl Write for MeasuredValue {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("\"type\":", &self.r#type);
        object.member("\"value\":", &self.value);
        object.close();
    }
}
