//! Any artefact: usage file, trust request and answer, policy, acknowledgement.

use muster_wire::proposed::acknowledgement::{
    AcknowledgedReport, Acknowledgement, AcknowledgementData,
};
use muster_wire::proposed::policy::{Policy, PolicyTerms, ReportingDays};
use muster_wire::proposed::system_info::SystemInfo;
use muster_wire::proposed::trust_request::{TrustRequest, TrustRequestEntry};
use muster_wire::trust::{CustomerInfo, TrustAnswer, TrustCode, TrustStatus};
use muster_wire::usage_file::UsageFile;
use muster_wire::{EntitlementTag, Nonce, ProductInstanceId, ReportId, SoftwareTag, TrustId};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::message::listed;
use super::rum::report;
use super::{data_text, extra, leaf, some_text, sudi};

pub(super) fn system_info() -> impl Strategy<Value = SystemInfo> {
    (sudi(), any::<u64>(), option::of(data_text()), vec(listed(), 0..2), extra()).prop_map(
        |(sudi, timestamp, hostname, device_list, extra)| SystemInfo {
            sudi,
            timestamp,
            nonce: Nonce::new("1"),
            hostname: hostname.map(Into::into),
            product_instance_identifier: None,
            software_tag_identifier: SoftwareTag::new("tag"),
            device_list,
            extra,
        },
    )
}

pub(crate) fn usage_file() -> impl Strategy<Value = UsageFile> {
    (vec(report(), 0..3), option::of(system_info()))
        .prop_map(|(reports, system_info)| UsageFile { reports, system_info })
}

pub(crate) fn trust_request() -> impl Strategy<Value = TrustRequest> {
    let entry =
        (sudi(), any::<u64>(), any::<bool>(), option::of(data_text()), data_text(), extra())
            .prop_map(|(sudi, trust_id, force, id_token, public_key, extra)| TrustRequestEntry {
                sudi,
                trust_id: TrustId(trust_id),
                timestamp: 1,
                force,
                id_token,
                public_key,
                extra,
            });
    (system_info(), vec(entry, 0..3), leaf())
        .prop_map(|(info, entries, signature)| TrustRequest::new(info, entries, |_| signature))
}

pub(crate) fn trust_answer() -> impl Strategy<Value = TrustAnswer> {
    let status = (any::<bool>(), option::of(leaf()), option::of(leaf())).prop_map(
        |(success, message, code)| TrustStatus {
            success,
            message,
            code,
            correlation_id: Some("null-null".to_owned()),
        },
    );
    let customer = (leaf(), leaf()).prop_map(|(smart_account, virtual_account)| CustomerInfo {
        smart_account,
        virtual_account,
    });
    (
        leaf(),
        option::of(customer),
        option::of(leaf()),
        option::of(any::<u64>()),
        option::of(leaf()),
        status,
        leaf(),
    )
        .prop_map(|(udi, customer, piid, trust_id, certificate, status, signature)| {
            let code = TrustCode {
                udi,
                customer,
                product_instance_identifier: piid.map(ProductInstanceId::from),
                date_stamp: None,
                id_certificate: certificate.clone(),
                sub_ca: certificate,
                trust_id: trust_id.map(TrustId),
                status,
            };
            TrustAnswer::new(code, |_| signature)
        })
}

fn reporting_days() -> impl Strategy<Value = ReportingDays> {
    any::<[u32; 3]>().prop_map(|[first_report_days, report_interval_days, on_change_days]| {
        ReportingDays { first_report_days, report_interval_days, on_change_days }
    })
}

pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    (
        leaf(),
        any::<u64>(),
        any::<u64>(),
        any::<bool>(),
        [reporting_days(), reporting_days(), reporting_days(), reporting_days()],
        leaf(),
    )
        .prop_map(|(name, id, timestamp, acknowledgement_required, days, signature)| {
            let [perpetual, subscription, enforced, export] = days;
            let terms = PolicyTerms {
                name,
                id,
                timestamp,
                acknowledgement_required,
                perpetual,
                subscription,
                enforced,
                export,
            };
            Policy::new(terms, |_| signature)
        })
}

pub(crate) fn acknowledgement() -> impl Strategy<Value = Acknowledgement> {
    let ack = (any::<u64>(), data_text(), data_text(), data_text()).prop_map(
        |(report_id, tag, status, message)| AcknowledgedReport {
            report_id: ReportId(report_id),
            entitlement_tag: EntitlementTag::from(tag),
            status,
            message,
        },
    );
    (vec(ack, 0..3), sudi(), some_text(), any::<u64>(), vec(policy(), 0..3), leaf(), extra())
        .prop_map(|(acks, sudi, piid, due, policies, signature, extra)| {
            let data = AcknowledgementData {
                version: "2.0".to_owned(),
                timestamp: due,
                nonce: Nonce::new("1"),
                sudi,
                product_instance_identifier: piid.map(ProductInstanceId::from),
                acks,
                next_report_due: due,
                extra,
            };
            Acknowledgement::new(data, policies, |_| signature)
        })
}
