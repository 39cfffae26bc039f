//! What is in use is out of compliance when the account holds fewer, higher tiers included.
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
    title: "Use beyond what was purchased is out of compliance.",
    requirements: &["AUTH-009", "AUTH-013"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let holds = |mode: &EnforcementMode| {
        matches!(mode, EnforcementMode::OutOfCompliance | EnforcementMode::Overage)
    };
    expects(context, Cover::Short, holds, "out of compliance: the account holds fewer")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    claim(answer, true);
}
