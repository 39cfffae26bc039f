//! A registration whose time is more than 24 hours from that of the On-Prem fails.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Registration Issues" and A.3.

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A clock more than a day off cannot register.",
    requirements: &["CERT-009"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    if !classic.doubts().skewed || context.role() != Role::OnPrem {
        return None;
    }
    classic.expects_refusal("no registration outside of 24 hours")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
