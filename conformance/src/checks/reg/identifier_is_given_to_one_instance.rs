//! Each product instance, told by its UDI, is given an identifier of its own.
//!
//! Source: SSM On-Prem 7 User Guide, "About Product Instances".

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
    title: "No two instances share an identifier.",
    requirements: &["REG-003"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    if classic.treatment() != Treatment::Taken || !context.is_honest() {
        return None;
    }
    let Some(AnswerData::Registration(answer)) = classic.given() else { return None };
    let identifier = answer.product_instance_identifier.as_str();
    let expected = "an identifier of its own";
    if identifier.is_empty() {
        return Some(Judgement::violates(expected, "an empty one"));
    }
    let other = classic.book().identified(identifier).filter(|udi| context.udi != Some(*udi));
    Some(match other {
        None => Judgement::Conforms,
        Some(other) => Judgement::violates(expected, format!("that of {other}")),
    })
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["product_instance_identifier"] = "".into());
}
