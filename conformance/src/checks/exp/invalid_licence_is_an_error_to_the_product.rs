//! A request for an export-controlled licence that does not exist is answered with an error.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow", step 6b.

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::lesson::export_of;
use crate::context::Context;
use crate::doubts::is_unknowable;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An invalid export-controlled licence is refused.",
    requirements: &["EXP-015"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let is_meant = classic.about() == Some(&MessageType::ExportAuthorization);
    if !is_meant || context.role() != Role::OnPrem {
        return None;
    }
    let asked = export_of(&classic)?;
    let made_up = !context.is_honest() || classic.pending().is_some_and(|known| known.doubtful);
    if !made_up || !asked.counts.keys().all(|tag| is_unknowable(tag, false)) {
        return None;
    }
    classic.expects_refusal("an error: no such licence")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
