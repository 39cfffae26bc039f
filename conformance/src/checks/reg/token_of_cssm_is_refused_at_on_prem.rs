//! An On-Prem registers nobody with a token that CSSM issued.
//!
//! Source: ACI Smart Licensing, "Registration Failed Due to an Expired Token".

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::doubts::TokenFault;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A token of CSSM registers nobody at an On-Prem.",
    requirements: &["REG-009"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let fault = classic.doubts().token == Some(TokenFault::OfAnotherServer);
    if !fault || context.role() != Role::OnPrem {
        return None;
    }
    classic.expects_refusal("no registration with a token of CSSM")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
