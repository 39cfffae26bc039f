//! A report of an instance whose record stands in another virtual account is refused with the
//! error that names the conflict. Assumed: a record in another virtual account is what
//! "conflicting entry" means.
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
    title: "A second record of the same instance is refused.",
    requirements: &["RUM-041"],
    level: Level::Must,
    needs: Occasion::DOUBTED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().conflict {
        return None;
    }
    if context.treatment() != Treatment::Refused
        || context.refusal_code() == Some(ERROR_CONSUMING_LICENSES)
    {
        return context.expects_refusal_at_once("FAILED with \"ERROR Consuming licenses\"");
    }
    let why = format!("refused for what may be another reason: {}", context.described());
    Some(Judgement::Inconclusive(why))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept();
}
