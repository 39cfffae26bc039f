//! A result that was put off does not stay away for ever: an instance that polls when it was told
//! to is given it. A poll is counted only when the server could know the result, which an On-Prem
//! does after a synchronization. Assumed: the third such poll brings it.
//!
//! Source: Smart Licensing Using Policy offline tools (public sample), README steps 4 and 6;
//! Obtaining a SLAC Response, step 2.

use muster_wire::LineStatus;
use muster_wire::transport::smart::SmartRequest;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::doubts::Doubts;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A result that was put off comes in the end.",
    requirements: &["RUM-081"],
    level: Level::Must,
    needs: Occasion::OWN_POLL.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

/// Polls at the time told after which a result has stayed away.
const POLLS_MAX: u8 = 3;

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let origin = context.poll_origin()?;
    let sound = origin.honest && origin.doubts == Doubts::default() && context.is_honest();
    if !sound || !origin.is_due(context.exchange().sent_at_ms, context.role()) {
        return None;
    }
    match context.treatment() {
        Treatment::Taken => Some(Judgement::Conforms),
        Treatment::Deferred if origin.overdue.saturating_add(1) >= POLLS_MAX => {
            let expected = "the result, after polls at the time told";
            Some(Judgement::violates(expected, format!("OK_POLL {POLLS_MAX} times")))
        }
        _ => None,
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    let asked = SmartRequest::decode(&answer.exchange().request.body.0);
    let asked = asked.ok().and_then(|request| request.license_data.first()?.poll_id);
    answer.edit_line(|line| {
        line.status = LineStatus::OkPoll;
        line.poll_id = asked;
        line.poll_interval = Some(300);
        line.smart_license = None;
    });
}
