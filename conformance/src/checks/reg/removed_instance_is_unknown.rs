//! An instance whose record was removed on the On-Prem is refused until it registers again.
//!
//! Source: SSM On-Prem 7 User Guide, "Removing a Product Instance".

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::doubts::Gone;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A removed instance is refused.",
    requirements: &["REG-024"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let gone = classic.doubts().gone == Some(Gone::Removed);
    // Conversions have an outcome of their own.
    if !gone || context.role() != Role::OnPrem || classic.about() == Some(&MessageType::Conversion)
    {
        return None;
    }
    classic.expects_refusal("a refusal: the instance was removed")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
