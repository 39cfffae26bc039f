//! Any authorization request and code, account info and conversion acknowledgement.

use muster_wire::grant::GrantedLicense;
use muster_wire::proposed::account_info::AccountInfo;
use muster_wire::proposed::authorization_request::{
    AuthorizationRequest, AuthorizationRequestEntry, RequestedKey,
};
use muster_wire::proposed::conversion_acknowledgement::{
    ConversionAcknowledgement, ConversionOutcome,
};
use muster_wire::proposed::slac::{AuthorizationAnswer, AuthorizationCode};
use muster_wire::trust::{CustomerInfo, TrustStatus};
use muster_wire::{ConfirmationCode, EntitlementTag, ProductInstanceId, ReturnCode};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::artefact::system_info;
use super::{data_text, extra, leaf, some_text, sudi};

pub(crate) fn authorization_request() -> impl Strategy<Value = AuthorizationRequest> {
    let key = (data_text(), any::<u32>(), extra()).prop_map(|(tag, count, extra)| RequestedKey {
        entitlement: EntitlementTag::from(tag),
        count,
        extra,
    });
    let entry = (sudi(), vec(key, 0..3), some_text(), some_text(), extra()).prop_map(
        |(sudi, keys, confirm_code, remove_code, extra)| AuthorizationRequestEntry {
            sudi,
            keys,
            confirm_code: confirm_code.map(ConfirmationCode::from),
            remove_code: remove_code.map(ReturnCode::from),
            extra,
        },
    );
    (option::of(system_info()), vec(entry, 0..3))
        .prop_map(|(system_info, entries)| AuthorizationRequest { system_info, entries })
}

fn status() -> impl Strategy<Value = TrustStatus> {
    (any::<bool>(), option::of(leaf()), option::of(leaf())).prop_map(|(success, message, code)| {
        TrustStatus { success, correlation_id: code.clone(), message, code }
    })
}

fn customer() -> impl Strategy<Value = CustomerInfo> {
    (leaf(), leaf()).prop_map(|(smart_account, virtual_account)| CustomerInfo {
        smart_account,
        virtual_account,
    })
}

pub(crate) fn authorization_answer() -> impl Strategy<Value = AuthorizationAnswer> {
    let license =
        (leaf(), any::<u32>(), option::of(leaf())).prop_map(|(tag, count, date)| GrantedLicense {
            tag: EntitlementTag::from(tag),
            count,
            end_date: date.unwrap_or_default(),
            ..GrantedLicense::default()
        });
    let code = (
        option::of(customer()),
        option::of(leaf()),
        option::of(any::<u64>()),
        vec(license, 0..3),
        status(),
    )
        .prop_map(|(customer, piid, timestamp, licenses, status)| AuthorizationCode {
            customer,
            flag: "A".to_owned(),
            version: "C".to_owned(),
            product_instance_identifier: piid.map(ProductInstanceId::from),
            timestamp,
            licenses,
            status,
        });
    (leaf(), code, leaf())
        .prop_map(|(udi, code, signature)| AuthorizationAnswer::new(udi, code, |_| signature))
}

pub(crate) fn account_info() -> impl Strategy<Value = AccountInfo> {
    (leaf(), customer(), option::of(any::<u64>()), leaf()).prop_map(
        |(udi, customer, timestamp, signature)| {
            AccountInfo::new(udi, customer, timestamp, |_| signature)
        },
    )
}

pub(crate) fn conversion_acknowledgement() -> impl Strategy<Value = ConversionAcknowledgement> {
    (leaf(), any::<u64>(), option::of(any::<u64>()), status(), leaf()).prop_map(
        |(udi, conversion_id, timestamp, status, signature)| {
            let outcome = ConversionOutcome { udi, conversion_id, timestamp, status };
            ConversionAcknowledgement::new(outcome, |_| signature)
        },
    )
}
