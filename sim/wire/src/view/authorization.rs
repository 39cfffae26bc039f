//! Authorization codes and what goes with them, as JSON for people.

use serde_json::{Value, json};

use crate::classic::reservation::ReservationCode;
use crate::grant::GrantedLicense;
use crate::proposed::account_info::AccountInfo;
use crate::proposed::authorization_request::AuthorizationRequest;
use crate::proposed::conversion_acknowledgement::ConversionAcknowledgement;
use crate::proposed::slac::AuthorizationAnswer;

pub(super) fn request(request: &AuthorizationRequest) -> Value {
    let entries: Vec<_> = request
        .entries
        .iter()
        .map(|entry| {
            let keys: Vec<_> = entry
                .keys
                .iter()
                .map(|key| json!({"tag": key.entitlement, "count": key.count}))
                .collect();
            json!({
                "udi": entry.sudi.udi().to_string(),
                "keys": keys,
                "confirm_code": entry.confirm_code,
                "remove_code": entry.remove_code,
            })
        })
        .collect();
    json!({"kind": "authorization_request", "requests": entries})
}

pub(super) fn answer(answer: &AuthorizationAnswer) -> Value {
    let code = &answer.code;
    let customer = code.customer.as_ref();
    json!({
        "kind": "authorization",
        "udi": answer.udi,
        "success": code.status.success,
        "code": code.status.code,
        "message": code.status.message,
        "smart_account": customer.map(|customer| &customer.smart_account),
        "virtual_account": customer.map(|customer| &customer.virtual_account),
        "product_instance_identifier": code.product_instance_identifier,
        "timestamp": code.timestamp,
        "licenses": licenses(&code.licenses),
        "has_signature": !answer.signature.is_empty(),
    })
}

pub(super) fn reservation(code: &ReservationCode) -> Value {
    json!({
        "kind": "reservation",
        "udi": code.udi,
        "product_instance_identifier": code.code.product_instance_identifier,
        "timestamp": code.code.timestamp,
        "licenses": licenses(&code.code.licenses),
        "has_signature": !code.signature.is_empty(),
    })
}

pub(super) fn account_info(info: &AccountInfo) -> Value {
    json!({
        "kind": "account_info",
        "udi": info.udi,
        "smart_account": info.customer.smart_account,
        "virtual_account": info.customer.virtual_account,
        "timestamp": info.timestamp,
        "has_signature": !info.signature.is_empty(),
    })
}

pub(super) fn conversion(ack: &ConversionAcknowledgement) -> Value {
    let outcome = &ack.outcome;
    json!({
        "kind": "conversion_acknowledgement",
        "udi": outcome.udi,
        "conversion_id": outcome.conversion_id,
        "success": outcome.status.success,
        "code": outcome.status.code,
        "message": outcome.status.message,
        "timestamp": outcome.timestamp,
        "has_signature": !ack.signature.is_empty(),
    })
}

fn licenses(licenses: &[GrantedLicense]) -> Value {
    let view = |license: &GrantedLicense| {
        json!({
            "tag": license.tag,
            "count": license.count,
            "license_type": license.license_type,
            "start_date": license.start_date,
            "end_date": license.end_date,
            "display_name": license.display_name,
        })
    };
    licenses.iter().map(view).collect()
}
