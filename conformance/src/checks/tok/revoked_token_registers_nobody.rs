//! A revoked token is rejected.
//!
//! Source: SSM On-Prem 7 User Guide, "Viewing Product Instance Registration Tokens".

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::doubts::TokenFault;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A revoked token registers nobody.",
    requirements: &["TOK-010"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    if classic.doubts().token != Some(TokenFault::Revoked) {
        return None;
    }
    classic.expects_refusal("no registration with a revoked token")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
