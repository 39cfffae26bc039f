//! An On-Prem that was restored to a time before a conversion was asked for answers the poll for it
//! with an error.
//!
//! Source: SSM On-Prem 7 User Guide, "Backing Up and Restoring Conversion Results", 1 and 2.

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A restored server has no knowledge of later conversions.",
    requirements: &["DLC-021"],
    level: Level::Must,
    needs: Occasion::CLASSIC.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Poll)?;
    let pending = classic.pending().filter(|known| known.kind == MessageType::Conversion)?;
    let restored = classic.book().restored.filter(|_| context.role() == Role::OnPrem)?;
    let lost = pending.asked_at_ms > restored.to_ms && pending.asked_at_ms < restored.at_ms;
    if !lost || !context.is_honest() {
        return None;
    }
    let expected = "an error: the server has no knowledge of the conversion";
    if classic.treatment() == Treatment::Deferred {
        return Some(Judgement::violates(expected, classic.described()));
    }
    classic.expects_refusal(expected)
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
