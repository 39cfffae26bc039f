//! An instance that registers with a token without the export flag is not allowed export-controlled
//! functions.
//!
//! Source: SSM On-Prem 7 User Guide, "Creating Product Instance Registration Tokens".

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
    title: "A token without the export flag allows no export-controlled functions.",
    requirements: &["EXP-029"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

/// Name of a token without the flag.
const NOT_ALLOWED: &str = "export_not_allowed";

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    if classic.token() != Some(NOT_ALLOWED) || classic.treatment() != Treatment::Taken {
        return None;
    }
    let Some(AnswerData::Registration(answer)) = classic.given() else { return None };
    let holds = !answer.export_control_allowed;
    Some(Judgement::of(holds, "export control not allowed", || "allowed".to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["export_control_allowed"] = true.into());
}
