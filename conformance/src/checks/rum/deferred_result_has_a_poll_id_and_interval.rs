//! A line that says OK_POLL carries a poll id, which is a number, and a poll interval over zero
//! seconds. An answer that cannot be decoded for that very reason is judged by its JSON.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id".

use muster_wire::LineStatus;
use serde_json::Value;

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
    needs: Occasion::REQUEST.and(Occasion::ANSWERED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    context.message.request()?;
    let Some(answer) = context.message.answer() else { return undecodable(context) };
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

/// Of an answer that is JSON and no licensing answer, whether a poll id is to blame.
fn undecodable(context: &Context<'_>) -> Option<Judgement> {
    let body = context.message.http()?.message.body.as_text()?;
    let answer: Value = serde_json::from_str(body).ok()?;
    let lines = answer.get("license_data")?.as_array()?;
    let deferred = lines.iter().filter(|line| line.get("status").is_some_and(|is| is == "OK_POLL"));
    let mut ids = deferred.map(|line| line.get("poll_id").unwrap_or(&Value::Null));
    let wrong = ids.find(|id| !id.is_u64())?;
    Some(Judgement::violates("a poll_id that is a number", format!("poll_id {wrong}")))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_line(|line| line.poll_interval = None);
}
