//! The refusal of an outdated trust request is a trust answer without success, with the code
//! OLD_TRUST_ID and a message that a higher trust id was already processed.
//!
//! Source: Troubleshoot SLP on 9800, "Invalid Trustcode Processed from CSSM".

use muster_journal::Deviation;
use muster_wire::status::OLD_TRUST_ID;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "An outdated trust request is answered OLD_TRUST_ID.",
    requirements: &["TRUST-013"],
    level: Level::Must,
    needs: Occasion::DOUBTED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().stale_trust_id || context.treatment() != Treatment::Refused {
        return None;
    }
    // Whatever else is wrong with the request may be refused first, and in another form.
    let only_stale = context
        .exchange()
        .intent
        .deviations
        .iter()
        .all(|deviation| *deviation == Deviation::TrustIdReused)
        && context.is_trust_request_signed() != Some(false);
    let status = context.message.trust().map(|trust| &trust.trust_code.status);
    let holds = status.is_some_and(|status| {
        let message = status.message.as_deref().unwrap_or_default();
        status.code.as_deref() == Some(OLD_TRUST_ID) && message.contains("higher trust-id")
    });
    if !holds && !only_stale {
        return None;
    }
    let expected = "OLD_TRUST_ID, a higher trust-id has already been processed";
    Some(Judgement::of(holds, expected, || context.described()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.replace_in_artefact(OLD_TRUST_ID, "REFUSED");
}
