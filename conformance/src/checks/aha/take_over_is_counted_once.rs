//! A standby that declares itself active takes over the count of the one before it.
//!
//! Source: SSM On-Prem 7 User Guide, "About Application Redundancy Support".

use muster_wire::classic::EnforcementMode;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::compliance::{Cover, claim, expects};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A take-over is counted once.",
    requirements: &["AHA-009"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let holds = |mode: &EnforcementMode| *mode != EnforcementMode::OutOfCompliance;
    expects(context, Cover::TakenOver, holds, "in compliance: the count is taken over")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    claim(answer, false);
}
