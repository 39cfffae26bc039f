//! An export-controlled licence that is not authorized comes with the reason: the guide lets alerts
//! show it. That the product is told it too is inferred.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow", step 6.

use muster_wire::classic::AnswerData;
use muster_wire::classic::proposed::export_authorization::ExportStatus;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A refused export authorization comes with a reason.",
    requirements: &["EXP-035"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let Some(AnswerData::ExportAuthorization(answer)) = classic.given() else { return None };
    let failed = answer.authorizations.iter().filter(|one| one.status == ExportStatus::Failed);
    let mut failed = failed.peekable();
    failed.peek()?;
    let silent = |text: Option<&str>| text.is_none_or(|text| text.trim().is_empty());
    let told = !silent(classic.said().and_then(|said| said.message.as_deref()));
    let bare = failed.find(|one| !told && silent(one.message.as_deref()));
    Some(Judgement::of(bare.is_none(), "a reason", || {
        bare.map_or_else(String::new, |one| format!("none for {}", one.tag))
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_given("/authorizations/0/message", "".into());
}
