//! A poll is answered OK_POLL while the report is being processed and COMPLETE when it is done,
//! never the other way round and with no other word.
//!
//! Source: public README of the usage-policy offline tools (status of a report task).

use muster_wire::{AnswerStatus, LineStatus};

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A poll says OK_POLL until the report is done, then COMPLETE.",
    requirements: &["RUM-072"],
    level: Level::Must,
    needs: Occasion::OWN_POLL.and(Occasion::HONEST).and(Occasion::ANSWER),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let origin = context.poll_origin()?;
    if !origin.kind.is_usage() || !origin.honest || !context.is_honest() {
        return None;
    }
    if context.message.answer()?.status == AnswerStatus::Failed {
        return None;
    }
    match &context.message.answer_line()?.status {
        LineStatus::OkPoll if origin.delivered => {
            Some(Judgement::violates("COMPLETE, as before", "OK_POLL after COMPLETE"))
        }
        LineStatus::Other(word) => {
            Some(Judgement::violates("OK_POLL or COMPLETE", format!("line status {word}")))
        }
        LineStatus::Failed | LineStatus::OkTryAgain => None,
        done if done.is_complete() && context.message.given().is_none() => {
            Some(Judgement::violates("COMPLETE with the result", "COMPLETE without an artefact"))
        }
        _ => Some(Judgement::Conforms),
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_line(|line| line.status = LineStatus::Other("PENDING".to_owned()));
}
