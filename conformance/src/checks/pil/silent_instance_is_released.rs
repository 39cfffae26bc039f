//! What an instance used is free for others after 90 days without contact.
//!
//! Source: SSM On-Prem 7 User Guide, "Alert Actions", note.

use muster_wire::classic::EnforcementMode;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::compliance::{Cover, claim, expects};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "What silent instances used is free after 90 days.",
    requirements: &["PIL-006"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let holds = |mode: &EnforcementMode| *mode != EnforcementMode::OutOfCompliance;
    expects(context, Cover::Released, holds, "in compliance: the silent instance was released")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    claim(answer, false);
}
