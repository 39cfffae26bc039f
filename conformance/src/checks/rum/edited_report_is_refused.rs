//! A report whose payload was edited after signing, or whose signature does not verify, is not
//! processed.
//!
//! Source: public README of the usage-policy offline tools; Troubleshoot SLP on 9800, "RUM
//! Reports" (signed reports).

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An edited report is refused.",
    requirements: &["RUM-060"],
    level: Level::Must,
    needs: Occasion::DOUBTED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().edited {
        return None;
    }
    context.expects_refusal("a report whose signature does not verify is not processed")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept();
}
