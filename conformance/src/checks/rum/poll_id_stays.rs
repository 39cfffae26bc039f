//! A result that is put off once more keeps the poll id it has: the instance stores it, and asks
//! for it again.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id" (the poll id is stored, with the time
//! of the next poll). That it stays the same is inferred.

use muster_wire::LineStatus;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A result that is put off again keeps its poll id.",
    requirements: &["RUM-078"],
    level: Level::Must,
    needs: Occasion::OWN_POLL.and(Occasion::HONEST).and(Occasion::DEFERRED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let asked = context.poll_id()?;
    context.poll_origin().filter(|_| context.is_honest())?;
    let line = context.message.answer_line().filter(|line| line.status == LineStatus::OkPoll)?;
    let given = line.poll_id?;
    Some(Judgement::of(given == asked, format_args!("poll_id {asked}"), || {
        format!("poll_id {given}")
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_line(|line| {
        if let Some(id) = &mut line.poll_id {
            id.0 ^= 1;
        }
    });
}
