//! An On-Prem that is given an export-controlled licence back tells the product to check in later,
//! in the way of a request.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow", step 7.

use muster_wire::classic::MessageType;
use muster_wire::classic::proposed::export_authorization::ExportAction;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::lesson::export_of;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "The return of an export-controlled licence is polled hourly.",
    requirements: &["EXP-017"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let is_meant = classic.about() == Some(&MessageType::ExportAuthorization);
    if !is_meant || context.role() != Role::OnPrem || !classic.is_sound() {
        return None;
    }
    if export_of(&classic)?.action != ExportAction::Return {
        return None;
    }
    classic.expects_hourly_poll()
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.poll_later(60);
}
