//! What an instance used is free for others as soon as it is removed or has left.
//!
//! Source: SSM On-Prem 7 User Guide, "Removing a Product Instance" and "Alert Actions".

use muster_wire::classic::EnforcementMode;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::compliance::{Cover, claim, expects};
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "Licences of removed instances are free.",
    requirements: &["REG-024", "PIL-009"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if context.role() != Role::OnPrem {
        return None;
    }
    let holds = |mode: &EnforcementMode| *mode != EnforcementMode::OutOfCompliance;
    expects(context, Cover::Freed, holds, "in compliance: what was removed is free")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    claim(answer, false);
}
