//! An answer that says FAILED is no HTTP server error: the server read the request and understood
//! it. Assumed: no document shows the HTTP status of such an answer.
//!
//! Source: Troubleshoot SLP on 9800, "Error Response packet".

use muster_wire::AnswerStatus;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A FAILED answer is no HTTP server error.",
    requirements: &["RUM-079"],
    level: Level::Must,
    needs: Occasion::FAILED.and(Occasion::REQUEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    context.message.request()?;
    context.message.answer().filter(|answer| answer.status == AnswerStatus::Failed)?;
    let status = context.message.http()?.status;
    Some(Judgement::of(status < 500, "FAILED under HTTP 200", || format!("under HTTP {status}")))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_status(500);
}
