//! A trust request whose id is not over the last one processed for the instance is refused.
//!
//! Source: Troubleshoot SLP on 9800, "Invalid Trustcode Processed from CSSM".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A trust id that is not new is refused.",
    requirements: &["TRUST-012"],
    level: Level::Must,
    needs: Occasion::DOUBTED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().stale_trust_id {
        return None;
    }
    let sent = context.trust_request().map_or(0, |entry| entry.trust_id.0);
    let last = context.side().trust_id_processed.unwrap_or(0);
    let judgement =
        context.expects_refusal("a trust id not over the last one processed is refused")?;
    Some(match judgement {
        Judgement::Violates { expected, actual } => Judgement::violates(
            expected,
            format!("{actual}, for trust id {sent} after {last} was processed"),
        ),
        other => other,
    })
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept();
}
