//! Once the On-Prem has the certificate of three levels, agents that need it register.
//!
//! Source: SSM On-Prem 7 User Guide, A.2 "Product Compatibility Notice", step 5.

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::doubts::reads_three_levels_only;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "With the certificate of three levels, old agents register.",
    requirements: &["CERT-015"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    let there = classic.book().three_tier == Some(true) && context.role() == Role::OnPrem;
    if !there || !reads_three_levels_only(classic.exchange()) || classic.doubts().any() {
        return None;
    }
    classic.expects_success("a registration: the certificate for old agents is there")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.refuse_classic("Compatibility Error");
}
