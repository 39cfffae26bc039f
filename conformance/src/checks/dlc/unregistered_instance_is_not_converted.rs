//! An On-Prem converts nothing for an instance that is not registered.
//!
//! Source: SSM On-Prem 7 User Guide, "Conversion Workflow", steps 2 and 8.

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An unregistered instance converts nothing.",
    requirements: &["DLC-011"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let is_meant = classic.about() == Some(&MessageType::Conversion);
    if !is_meant || context.role() != Role::OnPrem || classic.doubts().gone.is_none() {
        return None;
    }
    classic.expects_refusal("agent-not-registered")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
