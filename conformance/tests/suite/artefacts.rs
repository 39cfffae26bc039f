//! The artefacts of the fixtures, both directions.

use muster_wire::grant::GrantedLicense;
use muster_wire::proposed::acknowledgement::{
    AcknowledgedReport, Acknowledgement, AcknowledgementData,
};
use muster_wire::proposed::authorization_request::{
    AuthorizationRequest, AuthorizationRequestEntry, RequestedKey,
};
use muster_wire::proposed::policy::{Policy, PolicyTerms, ReportingDays};
use muster_wire::proposed::slac::{AuthorizationAnswer, AuthorizationCode};
use muster_wire::proposed::system_info::SystemInfo;
use muster_wire::proposed::trust_request::{TrustRequest, TrustRequestEntry};
use muster_wire::rum_report::{
    Asset, AssetIdentification, Instance as RumInstance, ReportMeta, ReportSignature, RumPayload,
    RumReport,
};
use muster_wire::trust::{CustomerInfo, TrustAnswer, TrustCode, TrustStatus};
use muster_wire::usage_file::UsageFile;
use muster_wire::{
    EntitlementTag, Extra, Nonce, ProductInstanceId, ReportId, SoftwareTag, Sudi, TrustId,
};

use crate::fixture::{Instance, SERVER, START_MS};

pub(crate) const LICENCE: &str =
    "regid.2020-02.com.cisco.MUSTER_ADV,1.0_aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
pub(crate) const UNKNOWN_LICENCE: &str =
    "regid.2020-02.com.cisco.MUSTER_NONE,1.0_00000000-0000-0000-0000-000000000000";
pub(crate) const REPORT: u64 = 1_790_000_123;

pub(crate) fn trust_request(instance: &Instance, trust_id: u64) -> String {
    let entry = TrustRequestEntry {
        sudi: Sudi::from(&instance.udi),
        trust_id: TrustId(trust_id),
        timestamp: START_MS,
        force: false,
        id_token: None,
        public_key: instance.public_key(),
        extra: Extra::new(),
    };
    let info = SystemInfo {
        sudi: Sudi::from(&instance.udi),
        timestamp: START_MS,
        nonce: Nonce::new("4711"),
        hostname: None,
        product_instance_identifier: None,
        software_tag_identifier: SoftwareTag::new("regid.test"),
        device_list: Vec::new(),
        extra: Extra::new(),
    };
    TrustRequest::new(info, vec![entry], |text| instance.sign(text)).encode()
}

pub(crate) fn trusted(instance: &Instance, trust_id: u64) -> String {
    let code = TrustCode {
        udi: instance.udi.to_string(),
        customer: Some(CustomerInfo {
            smart_account: "Muster Fixture SA".to_owned(),
            virtual_account: "Default".to_owned(),
        }),
        product_instance_identifier: Some(ProductInstanceId::new(
            "99999999-aaaa-4bbb-8ccc-dddddddddddd",
        )),
        date_stamp: Some("2026-09-21T17:20:00".to_owned()),
        id_certificate: Some("dGVzdA==".to_owned()),
        sub_ca: Some("dGVzdA==".to_owned()),
        trust_id: Some(TrustId(trust_id)),
        status: TrustStatus {
            success: true,
            message: None,
            code: None,
            correlation_id: Some("null-null".to_owned()),
        },
    };
    TrustAnswer::new(code, |text| SERVER.sign(text)).encode()
}

pub(crate) fn untrusted(instance: &Instance, code: &str, message: &str) -> String {
    let code = TrustCode {
        udi: instance.udi.to_string(),
        customer: None,
        product_instance_identifier: None,
        date_stamp: None,
        id_certificate: None,
        sub_ca: None,
        trust_id: None,
        status: TrustStatus {
            success: false,
            message: Some(message.to_owned()),
            code: Some(code.to_owned()),
            correlation_id: Some("null-null".to_owned()),
        },
    };
    TrustAnswer::new(code, |text| SERVER.sign(text)).encode()
}

pub(crate) fn usage(instance: &Instance, trust_id: u64, tag: &str) -> String {
    usage_edited(instance, trust_id, tag, |payload| payload)
}

/// A usage file whose payload is edited after signing.
pub(crate) fn usage_edited(
    instance: &Instance,
    trust_id: u64,
    tag: &str,
    edit: impl FnOnce(String) -> String,
) -> String {
    let payload = RumPayload {
        version: Some("2.0".into()),
        asset_identification: AssetIdentification {
            report_id: Some(ReportId(REPORT)),
            asset: Asset { name: SoftwareTag::new("regid.test"), extra: Extra::new() },
            instance: RumInstance {
                sudi: Sudi::from(&instance.udi),
                product_instance_identifier: None,
                extra: Extra::new(),
            },
            signature: None,
            extra: Extra::new(),
        },
        signature: None,
        meta: ReportMeta {
            entitlement_tag: Some(EntitlementTag::new(tag)),
            report_id: None,
            utility_enabled: None,
            report_type: None,
            software_version: None,
            ha_udi: Vec::new(),
            extra: Extra::new(),
        },
        measurements: Vec::new(),
        extra: Extra::new(),
    };
    let text = payload.encode();
    let signature = ReportSignature {
        sudi: Sudi::from(&instance.udi),
        signing_type: "SHA-256".to_owned(),
        key: trust_id.to_string(),
        value: instance.sign(&text),
        extra: Extra::new(),
    };
    let reports = vec![RumReport::new(edit(text), signature)];
    UsageFile { reports, system_info: None }.encode()
}

pub(crate) fn acknowledgement(instance: &Instance, status: &str, policies: Vec<Policy>) -> String {
    let data = AcknowledgementData {
        version: "2.0".to_owned(),
        timestamp: START_MS,
        nonce: Nonce::new("4712"),
        sudi: Sudi::from(&instance.udi),
        product_instance_identifier: None,
        acks: vec![AcknowledgedReport {
            report_id: ReportId(REPORT),
            entitlement_tag: EntitlementTag::new(LICENCE),
            status: status.to_owned(),
            message: String::new(),
        }],
        next_report_due: 0,
        extra: Extra::new(),
    };
    Acknowledgement::new(data, policies, |text| SERVER.sign(text)).encode()
}

pub(crate) fn policy() -> Policy {
    let days =
        ReportingDays { first_report_days: 30, report_interval_days: 30, on_change_days: 30 };
    let terms = PolicyTerms {
        name: "Fixture Policy".to_owned(),
        id: 5,
        timestamp: START_MS,
        acknowledgement_required: true,
        perpetual: days,
        subscription: days,
        enforced: days,
        export: days,
    };
    Policy::new(terms, |text| SERVER.sign(text))
}

/// Asks for one export-controlled licence.
pub(crate) fn authorization_request(instance: &Instance) -> String {
    let key =
        RequestedKey { entitlement: EntitlementTag::new(LICENCE), count: 1, extra: Extra::new() };
    let entry = AuthorizationRequestEntry {
        sudi: Sudi::from(&instance.udi),
        keys: vec![key],
        confirm_code: None,
        remove_code: None,
        extra: Extra::new(),
    };
    AuthorizationRequest { system_info: None, entries: vec![entry] }.encode()
}

/// The authorization code for it, or one that gives nothing.
pub(crate) fn authorization(instance: &Instance, given: bool) -> String {
    let customer = || CustomerInfo {
        smart_account: "Muster Fixture SA".to_owned(),
        virtual_account: "Default".to_owned(),
    };
    let license =
        GrantedLicense { tag: EntitlementTag::new(LICENCE), count: 1, ..GrantedLicense::default() };
    let code = AuthorizationCode {
        customer: given.then(customer),
        flag: "A".to_owned(),
        version: "C".to_owned(),
        product_instance_identifier: None,
        timestamp: None,
        licenses: if given { vec![license] } else { Vec::new() },
        status: TrustStatus { success: given, message: None, code: None, correlation_id: None },
    };
    AuthorizationAnswer::new(instance.udi.to_string(), code, |text| SERVER.sign(text)).encode()
}
