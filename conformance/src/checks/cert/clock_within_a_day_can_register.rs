//! A registration whose time is within 24 hours of that of the On-Prem, ahead or behind, succeeds.
//!
//! Source: SSM On-Prem 7 User Guide, A.3 "Product Registration Example".

use muster_journal::Deviation;
use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::doubts::is_inside_the_window;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A clock within a day can register.",
    requirements: &["CERT-008"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    let skewed = |one: &Deviation| matches!(one, Deviation::ClockSkewed { .. });
    let meant = !context.is_honest() && classic.deviations().iter().all(skewed);
    if !meant || context.role() != Role::OnPrem || !is_inside_the_window(&classic) {
        return None;
    }
    if classic.doubts().any() {
        return None;
    }
    classic.expects_success("a registration: the clock is within 24 hours")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.refuse_classic("the clock is wrong");
}
