//! An On-Prem that is asked for an export-controlled licence tells the product to poll once per
//! hour.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow", step 3.

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
    title: "A request for an export-controlled licence is polled hourly.",
    requirements: &["EXP-007"],
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
    if export_of(&classic)?.action != ExportAction::Request {
        return None;
    }
    classic.expects_hourly_poll()
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.poll_later(60);
}
