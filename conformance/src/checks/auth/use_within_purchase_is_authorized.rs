//! What is in use is in compliance when the account holds as many, of that tier.
//!
//! Source: ACI Smart Licensing, Authorization Status table and "Out Of Compliance Message After
//! Smart Licensing Enabled".

use muster_wire::classic::EnforcementMode;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::compliance::{Cover, claim, expects};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "Use within what was purchased is authorized.",
    requirements: &["AUTH-001", "AUTH-011"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let holds = |mode: &EnforcementMode| *mode != EnforcementMode::OutOfCompliance;
    expects(context, Cover::Plain, holds, "in compliance: the account holds enough")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    claim(answer, false);
}
