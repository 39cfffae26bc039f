//! An active application and its standby use a licence together: it is counted once.
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
    title: "An active application and its standby count once.",
    requirements: &["AHA-008"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let holds = |mode: &EnforcementMode| *mode != EnforcementMode::OutOfCompliance;
    expects(context, Cover::Shared, holds, "in compliance: active and standby share")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    claim(answer, false);
}
