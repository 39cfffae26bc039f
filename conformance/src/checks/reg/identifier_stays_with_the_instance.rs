//! An instance that registers once more, with force, keeps the identifier it has: a product
//! instance is told by its UDI, and there is one record of it. That the identifier is kept is
//! inferred.
//!
//! Source: SSM On-Prem 7 User Guide, "About Product Instances".

use muster_wire::classic::{AnswerData, MessageType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::{Classic, Standing};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "An instance keeps its identifier.",
    requirements: &["REG-041"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    let side = classic.side();
    let known = side.identifier.as_ref().filter(|_| side.standing == Standing::Registered)?;
    if classic.treatment() != Treatment::Taken || !classic.is_sound() {
        return None;
    }
    let Some(AnswerData::Registration(answer)) = classic.given() else { return None };
    let given = &answer.product_instance_identifier;
    Some(Judgement::of(given == known, known.as_str(), || given.as_str().to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| {
        given["product_instance_identifier"] = "00000000-0000-4000-8000-0000000000ff".into();
    });
}
