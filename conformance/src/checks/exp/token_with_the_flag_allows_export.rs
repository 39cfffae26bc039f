//! A token that was made with the export flag allows export-controlled functions. Assumed: the
//! token `valid` of a target profile is one, as `export_not_allowed` is not.
//!
//! Source: SSM On-Prem 7 User Guide, "Creating a Token" (API).

use muster_wire::classic::{AnswerData, MessageType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A token with the export flag allows export-controlled functions.",
    requirements: &["EXP-036"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    let meant = classic.token() == Some("valid") && classic.treatment() == Treatment::Taken;
    if !meant || !classic.is_sound() {
        return None;
    }
    let Some(AnswerData::Registration(answer)) = classic.given() else { return None };
    if classic.book().may_export(&answer.virtual_account) == Some(false) {
        return None;
    }
    let holds = answer.export_control_allowed;
    Some(Judgement::of(holds, "export control allowed", || "not allowed".to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["export_control_allowed"] = false.into());
}
