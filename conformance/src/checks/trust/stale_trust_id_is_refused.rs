//! A trust request whose id is not over the last one processed for the instance is refused.
//!
//! Source: Troubleshoot SLP on 9800, "Invalid Trustcode Processed from CSSM".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A trust id that is not new is refused.",
    requirements: &["TRUST-012"],
    level: Level::Must,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().stale_trust_id {
        return None;
    }
    context.expects_refusal("a trust id not over the last one processed is refused")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept();
}
