//! A TRUST_SYNC request is answered with OK_POLL and a poll id.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id" and the listing of poll ids that
//! follows it.

use muster_wire::RequestType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "TRUST_SYNC is answered with a poll id.",
    requirements: &["TRUST-019"],
    level: Level::Must,
    needs: Occasion::TRUST_SYNC.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.asks_for(&RequestType::TrustSync) || !context.is_honest() {
        return None;
    }
    let holds = match context.treatment() {
        Treatment::Deferred => context.message.answer_line()?.poll_id.is_some(),
        Treatment::Taken => false,
        Treatment::Refused | Treatment::Transient | Treatment::Unclear => return None,
    };
    Some(Judgement::of(holds, "OK_POLL with a poll_id", || context.described()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept();
}
