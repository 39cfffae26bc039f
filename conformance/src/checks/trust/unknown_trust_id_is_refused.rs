//! A report that names a trust id the server never gave is not processed: the trust id is what a
//! report is validated by.
//!
//! Source: Troubleshoot SLP on 9800, "Troubleshoot 9800 Smart Licensing Communication Issues".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A report under an unknown trust id is refused.",
    requirements: &["TRUST-002"],
    level: Level::Must,
    needs: Occasion::DOUBTED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().unknown_trust {
        return None;
    }
    context.expects_refusal("a report under a trust id never given is not processed")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept();
}
