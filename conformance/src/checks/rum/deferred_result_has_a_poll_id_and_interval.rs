//! A line that says OK_POLL carries a poll id and a poll interval over zero seconds.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id".

use muster_wire::LineStatus;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A deferred result comes with a poll id and an interval.",
    requirements: &["RUM-031"],
    level: Level::Must,
    needs: Occasion::DEFERRED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let answer = context.message.answer()?;
    let mut deferred =
        answer.license_data.iter().filter(|line| line.status == LineStatus::OkPoll).peekable();
    deferred.peek()?;
    let broken = deferred.find(|line| {
        line.poll_id.is_none() || line.poll_interval.is_none_or(|seconds| seconds == 0)
    });
    Some(match broken {
        None => Judgement::Conforms,
        Some(line) => Judgement::violates(
            "a poll_id and a poll_interval over 0",
            match (line.poll_id, line.poll_interval) {
                (None, _) => "no poll_id".to_owned(),
                (Some(_), None) => "no poll_interval".to_owned(),
                (Some(_), Some(seconds)) => format!("poll_interval {seconds}"),
            },
        ),
    })
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_line(|line| line.poll_interval = None);
}
