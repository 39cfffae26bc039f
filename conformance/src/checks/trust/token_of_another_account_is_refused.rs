//! An ID token of another account than the one the instance is in gives no trust.
//!
//! Source: SLP on Catalyst 9400 (17.4), System Messages (TRUST_CODE_INSTALL_FAILED).

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A token of another account gives no trust.",
    requirements: &["TRUST-022", "TRUST-023"],
    level: Level::Must,
    needs: Occasion::DOUBTED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().other_account {
        return None;
    }
    context.expects_refusal("no trust across accounts")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept();
}
