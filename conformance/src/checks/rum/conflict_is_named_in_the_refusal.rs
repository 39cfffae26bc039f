//! A report that is refused because of a conflicting record is refused with the code that says so.
//! Refused for another reason it would carry another code, so this is inferred.
//!
//! Source: Troubleshoot SLP on 9800, "Error Response packet".

use muster_wire::status::ERROR_CONSUMING_LICENSES;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A conflicting record is named in the refusal.",
    requirements: &["RUM-080"],
    level: Level::Must,
    needs: Occasion::DOUBTED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().conflict || context.treatment() != Treatment::Refused {
        return None;
    }
    context.message.answer()?;
    let holds = context.refusal_code() == Some(ERROR_CONSUMING_LICENSES);
    let expected = "FAILED with \"ERROR Consuming licenses\"";
    Some(Judgement::of(holds, expected, || context.described()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit(|message| message.message_code = Some("REFUSED".to_owned()));
}
