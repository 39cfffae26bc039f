//! Artefacts as JSON for people: a flat object each, `kind` first.

use serde_json::{Map, Value, json};

use super::authorization;
use crate::Artefact;
use crate::proposed::acknowledgement::Acknowledgement;
use crate::proposed::policy::Policy;
use crate::proposed::trust_request::TrustRequest;
use crate::rum_report::RumReport;
use crate::trust::TrustAnswer;
use crate::usage_file::UsageFile;

impl Artefact {
    /// The artefact as a flat JSON object: `kind`, then the members of that kind.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Trust(answer) => trust(answer),
            Self::TrustRequest(request) => trust_request(request),
            Self::Usage(file) => usage(file),
            Self::Acknowledgement(acknowledgement) => acknowledgement_view(acknowledgement),
            Self::Policy(policy) => policy_view(policy),
            Self::AuthorizationRequest(request) => authorization::request(request),
            Self::Authorization(answer) => authorization::answer(answer),
            Self::AccountInfo(info) => authorization::account_info(info),
            Self::ConversionAcknowledgement(ack) => authorization::conversion(ack),
            Self::Reservation(code) => authorization::reservation(code),
            Self::Unknown { root } => json!({"kind": "unknown", "root": root}),
        }
    }
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

pub(super) fn report(report: &RumReport) -> Value {
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
