//! The answer to a request that was taken has the status COMPLETE and one line for each line of
//! the request, with its number.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id".

use muster_wire::AnswerStatus;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A request that is taken is answered COMPLETE, line by line.",
    requirements: &["RUM-030"],
    level: Level::Must,
    needs: Occasion::PROCESSED.and(Occasion::REQUEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let answer = context.processed()?;
    let request = context.message.request()?;
    if answer.status != AnswerStatus::Complete {
        return Some(Judgement::violates("status COMPLETE", format!("status {}", answer.status)));
    }
    let asked = request.license_data.iter().map(|line| line.request_line_id);
    let unanswered = asked.into_iter().find(|id| {
        answer.license_data.iter().filter(|line| line.request_line_id == Some(*id)).count() != 1
    });
    Some(Judgement::of(unanswered.is_none(), "one answer line for each request line", || {
        format!("not one line with request_line_id {}", unanswered.unwrap_or_default())
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit(|message| message.status = AnswerStatus::Other("TAKEN".to_owned()));
}
