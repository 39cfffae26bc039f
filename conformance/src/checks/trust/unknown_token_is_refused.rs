//! An ID token the server does not know gives no trust.
//!
//! Source: SLP on Catalyst 9400 (17.4), System Messages (a token applies only to its account).

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An unknown token gives no trust.",
    requirements: &["TRUST-023"],
    level: Level::Must,
    needs: Occasion::DOUBTED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().unknown_token || context.role() != Role::Cssm {
        return None;
    }
    context.expects_refusal("no trust for an unknown token")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept();
}
