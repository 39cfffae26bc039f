//! Messages and artefacts as JSON for people: reports, scenario conditions, `muster show`.
//!
//! A view leaves out what a reader cannot use (certificates, signatures) and never shows an ID
//! token. It is not a wire format.

use serde_json::{Map, Value, json};

use crate::proposed::{
    acknowledgement::Acknowledgement, policy::Policy, trust_request::TrustRequest,
};
use crate::rum_report::RumReport;
use crate::trust::TrustAnswer;
use crate::usage_file::UsageFile;
use crate::{Artefact, limits};

const FORMAT: &str = "message";

impl Artefact {
    /// The artefact as a flat JSON object: `kind`, then the members of that kind.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Trust(answer) => trust(answer),
            Self::TrustRequest(request) => trust_request(request),
            Self::Usage(file) => usage(file),
            Self::Acknowledgement(acknowledgement) => acknowledgement_view(acknowledgement),
            Self::Policy(policy) => policy_view(policy),
            Self::Unknown { root } => json!({"kind": "unknown", "root": root}),
        }
    }
}

/// A request or answer body with every `smart_license` opened.
///
/// Bytes that are not such a message become `{"undecodable": <why>, "bytes": <length>}`; so does
/// an artefact that does not decode, in its place.
pub fn decoded_json(bytes: &[u8]) -> Value {
    let message = limits::text(FORMAT, bytes, limits::MESSAGE_BYTES_MAX)
        .and_then(|text| limits::json::<Value>(FORMAT, text));
    let mut message = match message {
        Ok(message) => message,
        Err(error) => return undecodable(&error, bytes.len()),
    };
    let lines = message.get_mut("license_data").and_then(Value::as_array_mut);
    for line in lines.into_iter().flatten() {
        if let Some(license) = line.get_mut("smart_license")
            && let Some(text) = license.as_str().filter(|text| !text.is_empty())
        {
            *license = match Artefact::from_smart_license(text) {
                Ok(artefact) => artefact.to_json(),
                Err(error) => undecodable(&error, text.len()),
            };
        }
    }
    message
}

fn undecodable(error: &crate::Error, bytes: usize) -> Value {
    json!({"undecodable": error.to_string(), "bytes": bytes})
}

fn trust(answer: &TrustAnswer) -> Value {
    let code = &answer.trust_code;
    let customer = code.customer.as_ref();
    json!({
        "kind": "trust",
        "udi": code.udi,
        "success": code.status.success,
        "code": code.status.code,
        "message": code.status.message,
        "trust_id": code.trust_id,
        "smart_account": customer.map(|customer| &customer.smart_account),
        "virtual_account": customer.map(|customer| &customer.virtual_account),
        "product_instance_identifier": code.product_instance_identifier,
        "date_stamp": code.date_stamp,
        "has_signature": !answer.signature.is_empty(),
    })
}

fn trust_request(request: &TrustRequest) -> Value {
    let entries: Vec<_> = request
        .entries
        .iter()
        .map(|entry| {
            json!({
                "udi": entry.sudi.udi().to_string(),
                "trust_id": entry.trust_id,
                "timestamp": entry.timestamp,
                "force": entry.force,
                "id_token": entry.id_token.as_ref().map(|_| "[id token]"),
            })
        })
        .collect();
    json!({
        "kind": "trust_request",
        "requests": entries,
        "has_signature": !request.signature.is_empty(),
    })
}

fn usage(file: &UsageFile) -> Value {
    let reports: Vec<_> = file.reports.iter().map(report).collect();
    json!({"kind": "usage", "reports": reports})
}

fn report(report: &RumReport) -> Value {
    let signature = &report.signature;
    let mut view = Map::new();
    match report.payload() {
        Ok(payload) => {
            let sudi = &payload.asset_identification.instance.sudi;
            view.insert("report_id".into(), json!(payload.report_id()));
            view.insert("tag".into(), json!(payload.meta.entitlement_tag));
            view.insert("udi".into(), json!(sudi.udi().to_string()));
            view.insert("measurements".into(), json!(payload.measurements.len()));
        }
        Err(error) => {
            view.insert("undecodable".into(), json!(error.to_string()));
            view.insert("bytes".into(), json!(report.payload.len()));
        }
    }
    view.insert("signing_type".into(), json!(signature.signing_type));
    view.insert("key".into(), json!(signature.key));
    Value::Object(view)
}

fn acknowledgement_view(acknowledgement: &Acknowledgement) -> Value {
    let policies: Vec<_> =
        acknowledgement.policies.iter().map(|policy| &policy.terms.name).collect();
    json!({
        "kind": "acknowledgement",
        "acks": acknowledgement.data.acks,
        "next_report_due": acknowledgement.data.next_report_due,
        "policies": policies,
        "has_signature": !acknowledgement.signature.is_empty(),
    })
}

fn policy_view(policy: &Policy) -> Value {
    let mut view = json!({"kind": "policy"});
    let terms = serde_json::to_value(&policy.terms).expect("plain values always serialise");
    if let (Value::Object(view), Value::Object(terms)) = (&mut view, terms) {
        view.extend(terms);
    }
    view["has_signature"] = json!(!policy.signature.is_empty());
    view
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artefact::to_smart_license;

    #[test]
    fn bytes_that_are_no_message_say_why_and_how_many() {
        assert_eq!(
            decoded_json(b"<html>"),
            json!({"undecodable": "message: expected value at line 1 column 1", "bytes": 6})
        );
        assert_eq!(
            decoded_json(&[0xff]),
            json!({"undecodable": "message is not UTF-8 (first bad byte at 0)", "bytes": 1})
        );
    }

    #[test]
    fn an_artefact_that_does_not_decode_is_shown_in_its_place() {
        let unknown = to_smart_license("<other/>");
        let body = json!({"license_data": [
            {"smart_license": "%%"}, {"smart_license": ""}, {"smart_license": unknown}, 7,
        ]});
        let view = decoded_json(body.to_string().as_bytes());
        assert_eq!(view["license_data"][0]["smart_license"]["bytes"], 2);
        assert_eq!(view["license_data"][1]["smart_license"], "");
        assert_eq!(
            view["license_data"][2]["smart_license"],
            json!({"kind": "unknown", "root": "other"})
        );
    }
}
