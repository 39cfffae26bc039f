//! HTTP 502 may occur, and the next exchange of the instance works again.
//!
//! Source: Troubleshoot SLP on 9800, "Errors Reported in the Output of show license eventlog"
//! (HTTP Server Error 502).

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "After an HTTP 502 the next exchange works again.",
    requirements: &["RUM-047"],
    level: Level::May,
    needs: Occasion::AFTER_BAD_GATEWAY.and(Occasion::ANSWERED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.before.after_bad_gateway {
        return None;
    }
    let status = context.message.http()?.status;
    Some(Judgement::of(status != 502, "the condition has passed", || "HTTP 502 again".to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_status(502);
}
