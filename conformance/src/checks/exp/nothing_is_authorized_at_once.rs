//! An On-Prem authorizes no export-controlled licence by itself: what is asked of it is put off
//! until CSSM has been asked.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow", step 2.

use muster_wire::classic::proposed::export_authorization::ExportAction;
use muster_wire::classic::{MessageType, RequestData};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "An On-Prem authorizes no export-controlled licence by itself.",
    requirements: &["EXP-006"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::ExportAuthorization)?;
    let Some(RequestData::ExportAuthorization(asked)) = classic.data() else { return None };
    let is_meant = asked.action == ExportAction::Request && context.role() == Role::OnPrem;
    if !is_meant || !classic.is_sound() {
        return None;
    }
    let expected = "put off until CSSM is asked";
    match classic.treatment() {
        Treatment::Deferred => Some(Judgement::Conforms),
        Treatment::Taken => Some(Judgement::violates(expected, "authorized at once")),
        _ => None,
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
