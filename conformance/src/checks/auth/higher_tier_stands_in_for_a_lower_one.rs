//! What is in use of a lower tier is in compliance when the account holds enough of a higher one.
//!
//! Source: ACI Smart Licensing, "Out Of Compliance Message After Smart Licensing Enabled", example.

use muster_wire::classic::EnforcementMode;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::compliance::{Cover, claim, expects};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A higher tier stands in for a lower one.",
    requirements: &["AUTH-012", "LIC-013"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let holds = |mode: &EnforcementMode| *mode != EnforcementMode::OutOfCompliance;
    expects(context, Cover::HigherTier, holds, "in compliance: a higher tier stands in")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    claim(answer, false);
}
