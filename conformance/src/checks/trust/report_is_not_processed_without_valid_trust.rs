//! After a trust request was refused as old, a report that rests on no trust id the server gave
//! is not processed.
//!
//! Source: Troubleshoot SLP on 9800, "Invalid Trustcode Processed from CSSM".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "Reports are not processed while the trust is invalid.",
    requirements: &["TRUST-014"],
    level: Level::Must,
    needs: Occasion::DOUBTED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().invalid_trust {
        return None;
    }
    context.expects_refusal("a report is not processed while the trust is invalid")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept();
}
