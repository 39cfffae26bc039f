//! A trust answer with success holds the UDI, both accounts, the product instance identifier, the
//! date, the sub-CA, the trust id, a correlation id and a signature.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Trustcode Processed from CSSM".

use muster_wire::RequestType;
use muster_wire::trust::TrustAnswer;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::doubts::Doubts;
use crate::history::Deferred;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A trust answer holds every documented element.",
    requirements: &["TRUST-015"],
    level: Level::Must,
    needs: Occasion::TRUST_RESULT.and(Occasion::ANSWERED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let asked = match context.request_type()? {
        RequestType::IdTokenTrust | RequestType::TrustSync => context.is_honest(),
        RequestType::Poll => matches!(context.poll_origin()?.kind, Deferred::Trust(_)),
        _ => false,
    };
    // What should have been refused is judged for that, not for its form.
    if !asked || context.doubts() != Doubts::default() || context.treatment() != Treatment::Taken {
        return None;
    }
    let Some(trust) = context.message.trust() else {
        return Some(Judgement::violates("a smartLicenseTrust", "a finished line without one"));
    };
    let missing = missing(trust);
    Some(Judgement::of(missing.is_empty(), "every element of a trust code", || {
        format!("no {}", missing.join(", no "))
    }))
}

fn missing(trust: &TrustAnswer) -> Vec<&'static str> {
    let code = &trust.trust_code;
    let customer = code.customer.as_ref();
    let filled = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    let parts = [
        ("udi", !code.udi.is_empty()),
        ("smartAccount", filled(customer.map(|customer| customer.smart_account.as_str()))),
        ("virtualAccount", filled(customer.map(|customer| customer.virtual_account.as_str()))),
        ("piid", code.product_instance_identifier.is_some()),
        ("dateStamp", filled(code.date_stamp.as_deref())),
        ("subCA", filled(code.sub_ca.as_deref())),
        ("trustId", code.trust_id.is_some()),
        ("correlationID", filled(code.status.correlation_id.as_deref())),
        ("signature", !trust.signature.is_empty()),
    ];
    parts.into_iter().filter(|part| !part.1).map(|part| part.0).collect()
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_artefact(|xml| xml.replace("<piid>", "<id>").replace("</piid>", "</id>"));
}
