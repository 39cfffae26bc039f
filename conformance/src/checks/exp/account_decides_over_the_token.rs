//! In an account that may not use export-controlled functions no token allows them. The guide says
//! so of the making of tokens; that it holds for one made before is inferred.
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
    title: "An account without the export flag allows export control to nobody.",
    requirements: &["EXP-037"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    if classic.treatment() != Treatment::Taken || !classic.is_sound() {
        return None;
    }
    let Some(AnswerData::Registration(answer)) = classic.given() else { return None };
    if classic.book().may_export(&answer.virtual_account) != Some(false) {
        return None;
    }
    let holds = !answer.export_control_allowed;
    Some(Judgement::of(holds, "export control not allowed", || "allowed".to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["export_control_allowed"] = true.into());
}
