//! An instance that the server has a record of registers again with the force option only.
//!
//! Source: ACI Smart Licensing, "Reregister Product If Already Registered".

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A known instance needs the force option.",
    requirements: &["REG-011"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let doubts = classic.doubts();
    if !doubts.known || doubts.token.is_some() || doubts.skewed || doubts.incompatible {
        return None;
    }
    classic.expects_refusal("no second registration without the force option")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
