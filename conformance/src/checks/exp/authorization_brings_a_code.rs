//! An export-controlled licence that is authorized comes with the authorization code. Which member
//! holds it is assumed.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow", steps 5b and
//! 6a.

use muster_wire::classic::AnswerData;
use muster_wire::classic::proposed::export_authorization::{ExportAction, ExportStatus};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::lesson::export_of;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An export authorization comes with its code.",
    requirements: &["EXP-034"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let Some(AnswerData::ExportAuthorization(answer)) = classic.given() else { return None };
    if export_of(&classic)?.action != ExportAction::Request {
        return None;
    }
    let good = answer.authorizations.iter().filter(|one| one.status == ExportStatus::Success);
    let mut good = good.peekable();
    good.peek()?;
    let bare = good.find(|one| one.smart_license.as_deref().is_none_or(str::is_empty));
    Some(Judgement::of(bare.is_none(), "an authorization code", || {
        bare.map_or_else(String::new, |one| format!("none for {}", one.tag))
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_given("/authorizations/0/smart_license", "".into());
}
