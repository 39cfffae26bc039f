//! An answer to a request for an authorization code that gives no licence does not say success.
//!
//! Source: Obtaining a SLAC Response, step 2 (the authorization is what the instance receives). The
//! form of a refusal is assumed.

use muster_wire::Artefact;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::history::Deferred;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An authorization code that gives nothing is no success.",
    requirements: &["SLAC-027"],
    level: Level::Must,
    needs: Occasion::AUTHORIZATION.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let Some(Ok(Artefact::Authorization(given))) = context.message.given() else { return None };
    let asked = match context.poll_origin() {
        Some(origin) => origin.kind == Deferred::Code,
        None => context.asks_for_licenses(),
    };
    if !asked || !context.is_honest() || !given.code.licenses.is_empty() {
        return None;
    }
    let holds = !given.code.status.success;
    Some(Judgement::of(holds, "no success without a licence", || "success true".to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.replace_in_artefact("<success>false<", "<success>true<");
}
